"""From landing to published without Airflow: the sample's books are right, however they come about.

Twice, in another order, with the warehouse lost or damaged; killed ones are in test_killed.py.
"""

import random
import shutil
from pathlib import Path

import duckdb
import pytest

from pipeline.sample import deliver_sample, write_company
from pipeline.settings import Books
from tests.story_books import assert_equal_books, copy_of, models, run, tokenbooks, tree

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PERIODS = ["2026-08", "2026-09", "2026-10"]


def test_the_books_are_right(story: Books) -> None:
    """Allocations sum exactly to charges, have one class each, entries balance, and no table is empty."""
    with duckdb.connect() as con:
        con.execute(f"attach '{story.published / 'finance.duckdb'}' as books (read_only)")
        con.execute("use books")
        for model in models(con, "books"):
            if model in ("rpt_restatement", "rpt_overrides"):
                continue  # no month of the sample is closed, and nobody has overridden a rule
            assert con.execute(f"select count(*) > 0 from finance.{model}").fetchone() == (True,), model
        sums = con.execute(
            "select period, source, charged, allocated from "
            "(select period, source, sum(recognized_cost) as charged from finance.fct_charges group by all) full join "
            "(select period, source, sum(amount) as allocated from finance.fct_allocations group by all) "
            "using (period, source) order by all"
        ).fetchall()
        assert {period for period, *_ in sums} == set(PERIODS)
        assert len(sums) >= 9
        assert [row for row in sums if row[2] != row[3]] == []
        unclassed = "select * from finance.fct_allocations where mgmt_class is null or us_gaap_treatment is null"
        assert con.execute(unclassed).fetchall() == []
        twice = "select allocation_id from finance.fct_allocations group by 1 having count(*) <> 1"
        assert con.execute(twice).fetchall() == []
        unbalanced = (
            "select entry_id, currency from finance.fct_postings group by all having sum(debit) <> sum(credit) "
            "or count(*) < 2"
        )
        assert con.execute(unbalanced).fetchall() == []
        assert con.execute("select count(*) from finance.rpt_reconciliation where difference <> 0").fetchone() == (0,)


def test_all_that_people_open_is_there(story: Books) -> None:
    """A statement and a journal per month, the validation site, and what `statement` and `status` tell of them."""
    out = story.published
    for period in PERIODS:
        assert (out / "statements" / f"{period}.html").stat().st_size > 10_000
        assert list((out / "journals").glob(f"{period}-*.csv"))
        assert tokenbooks("statement", period, "--books", story.home).returncode == 0
    assert (out / "validation" / "index.html").exists()
    status = tokenbooks("status", "--books", story.home)
    assert all(f"built  {period}" in status.stdout for period in PERIODS), status.stdout
    assert "stale" not in status.stdout


def test_again_writes_nothing(story: Books, tmp_path: Path) -> None:
    """A delivery that is already in, also under another name, changes no file and no time; and says so."""
    books = copy_of(story, tmp_path / "books")
    run(books)  # a copy is another place: its views are written anew where they point elsewhere
    before = tree(books)
    assert "nothing changed" in run(books)
    assert tree(books) == before


def test_nobody_is_named_in_what_is_published(story: Books) -> None:
    """No e-mail and no name of an employee or contractor in any text cell of any published file."""
    with duckdb.connect() as con:
        people = f"read_csv('{story.company / 'employees.csv'}', all_varchar = true)"
        words = [w for row in con.execute(f"select name, email from {people}").fetchall() for w in row if w]
        assert len(words) > 80
        files = [
            path for path in story.published.rglob("*") if path.is_file() and path.suffix in (".html", ".csv", ".json")
        ]
        assert len(files) > 6
        for path in files:
            text = path.read_text()
            assert [word for word in words if word in text] == [], path
        con.execute(f"attach '{story.published / 'finance.duckdb'}' as books (read_only)")
        for model in models(con, "books"):
            line = f"select cast(t as varchar) as line from books.finance.{model} as t"
            found = con.execute(f"select line from ({line}), unnest(?) as w(word) where contains(line, word)", [words])
            assert found.fetchall() == [], model
        salaries = f"select base_salary from read_csv('{story.company / 'compensation.csv'}', all_varchar = true)"
        columns = con.execute("select column_name from duckdb_columns() where database_name = 'books'").fetchall()
        assert con.execute(salaries).fetchall()
        assert not {"base_salary", "loaded_cost", "name", "email"} & {name for (name,) in columns}


def test_another_order_in_batches(story: Books, tmp_path: Path) -> None:
    """Exports delivered in shuffled batches, with a run after each, and some of them twice."""
    books = Books.create(tmp_path / "books")
    write_company(books.home, whole=False)
    deliver_sample(books.home, whole=False)
    shutil.move(books.landing, tmp_path / "provider")
    exports = sorted(path for path in (tmp_path / "provider").glob("*/*/*"))
    random.Random(7).shuffle(exports)
    assert len(exports) > 12
    for batch in (exports[:5], exports[5:9], [*exports[9:], exports[0]]):
        for export in batch:
            target = books.landing / export.relative_to(tmp_path / "provider")
            if target.exists():
                name, dot, ending = target.name.partition(".")
                target = target.with_name(f"{name}-again{dot}{ending}")
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if export.is_dir() else shutil.copy2)(export, target)
        run(books)
    assert_equal_books(story, books)


@pytest.mark.parametrize("damage", ["deleted", "cut in half", "bytes flipped"])
def test_a_lost_warehouse_is_built_again(story: Books, tmp_path: Path, damage: str) -> None:
    """The warehouse is a cache: whatever happens to it, the same books come out."""
    books = copy_of(story, tmp_path / "books")
    content = books.warehouse.read_bytes()
    if damage == "deleted":
        books.warehouse.unlink()
    elif damage == "cut in half":
        books.warehouse.write_bytes(content[: len(content) // 2])
    else:
        flipped = bytearray(content)
        for place in range(len(content) // 4, len(content), 100_000):
            flipped[place] ^= 0xFF
        books.warehouse.write_bytes(flipped)
    (books.company / "credentials.csv").touch()
    with (books.company / "cost_centers.csv").open("a") as file:
        file.write("")
    run(books)
    assert_equal_books(story, books)
