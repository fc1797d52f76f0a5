"""From landing to published without Airflow: the sample's books are right, however they come about.

Twice, in another order, killed in the middle of load and of build, with the warehouse lost or damaged.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.beginning import begin
from pipeline.sample import deliver_sample, write_company
from pipeline.settings import MOVABLE, Books
from tests.store_fixture import BUCKET, object_store, use

pytestmark = pytest.mark.slow

PERIODS = ["2026-08", "2026-09", "2026-10"]
PATIENCE = 900.0


def tokenbooks(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def run(books: Books) -> str:
    """`tokenbooks run`, which must succeed; returns what it told."""
    done = tokenbooks("run", "--books", books.home)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kill_when(seen: Callable[[], bool], *arguments: str | Path, orphans: bool = False) -> None:
    """Run a command and kill -9 it as soon as `seen` is true; with `orphans` its children stay alive."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    started = time.monotonic()
    while not seen():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() - started < PATIENCE
        time.sleep(0.001)
    if orphans:
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def models(con: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """What an attached database has in schema finance; never nothing."""
    found = con.execute(
        "select distinct table_name from information_schema.tables "
        "where table_catalog = ? and table_schema = 'finance' order by 1",
        [database],
    ).fetchall()
    assert len(found) > 15
    return [row[0] for row in found]


def assert_equal_books(one: Books, other: Books) -> None:
    """Every finance table equal row for row, and every published Parquet and journal file byte for byte."""
    with duckdb.connect() as con:
        for name, books in (("a", one), ("b", other)):
            con.execute(f"attach '{books.published / 'finance.duckdb'}' as {name} (read_only)")
        assert models(con, "a") == models(con, "b")
        for model in models(con, "a"):
            for left, right in (("a", "b"), ("b", "a")):
                left_over = con.execute(
                    f"from {left}.finance.{model} except all from {right}.finance.{model}"
                ).fetchall()
                assert left_over == [], f"{model}: {len(left_over)} rows only in {left}"
    assert hashes(one) == hashes(other)


def hashes(books: Books) -> dict[str, str]:
    """The sha256 of every published Parquet and journal file: rows in order, not only as a set."""
    files = [path for kind in ("parquet", "journals") for path in (books.published / kind).rglob("*.*")]
    assert files
    return {str(path.relative_to(books.home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tree(books: Books) -> dict[str, tuple[int, int]]:
    """Every file and folder of the books with size and time of change."""
    return {str(p.relative_to(books.home)): (p.stat().st_size, p.stat().st_mtime_ns) for p in books.home.rglob("*")}


def copy_of(books: Books, home: Path) -> Books:
    """The same books elsewhere, times of change kept."""
    shutil.copytree(books.home, home)
    return Books.open(home)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The sample, loaded but not built; made once and copied."""
    home = tmp_path_factory.mktemp("loaded") / "books"
    begin(home, sample=True, whole=False)
    done = tokenbooks("load", "--books", home)
    assert done.returncode == 0, done.stderr
    return Books.open(home)


@pytest.fixture(scope="module")
def whole(loaded: Books, tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The sample's books, loaded, built and published once: what all the others must equal."""
    books = copy_of(loaded, tmp_path_factory.mktemp("whole") / "books")
    run(books)
    return books


def test_the_books_are_right(whole: Books) -> None:
    """Allocations sum exactly to charges, have one class each, entries balance, and no table is empty."""
    with duckdb.connect() as con:
        con.execute(f"attach '{whole.published / 'finance.duckdb'}' as books (read_only)")
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


def test_all_that_people_open_is_there(whole: Books) -> None:
    """A statement and a journal per month, the validation site, and what `statement` and `status` tell of them."""
    out = whole.published
    for period in PERIODS:
        assert (out / "statements" / f"{period}.html").stat().st_size > 10_000
        assert list((out / "journals").glob(f"{period}-*.csv"))
        assert tokenbooks("statement", period, "--books", whole.home).returncode == 0
    assert (out / "validation" / "index.html").exists()
    status = tokenbooks("status", "--books", whole.home)
    assert all(f"built  {period}" in status.stdout for period in PERIODS), status.stdout
    assert "stale" not in status.stdout


def test_again_writes_nothing(whole: Books, tmp_path: Path) -> None:
    """A delivery that is already in, also under another name, changes no file and no time; and says so."""
    books = copy_of(whole, tmp_path / "books")
    run(books)  # a copy is another place: its views are written anew where they point elsewhere
    before = tree(books)
    assert "nothing changed" in run(books)
    assert tree(books) == before


def test_nobody_is_named_in_what_is_published(whole: Books) -> None:
    """No e-mail and no name of an employee or contractor in any text cell of any published file."""
    with duckdb.connect() as con:
        people = f"read_csv('{whole.company / 'employees.csv'}', all_varchar = true)"
        words = [w for row in con.execute(f"select name, email from {people}").fetchall() for w in row if w]
        assert len(words) > 80
        files = [
            path for path in whole.published.rglob("*") if path.is_file() and path.suffix in (".html", ".csv", ".json")
        ]
        assert len(files) > 6
        for path in files:
            text = path.read_text()
            assert [word for word in words if word in text] == [], path
        con.execute(f"attach '{whole.published / 'finance.duckdb'}' as books (read_only)")
        for model in models(con, "books"):
            line = f"select cast(t as varchar) as line from books.finance.{model} as t"
            found = con.execute(f"select line from ({line}), unnest(?) as w(word) where contains(line, word)", [words])
            assert found.fetchall() == [], model
        salaries = f"select base_salary from read_csv('{whole.company / 'compensation.csv'}', all_varchar = true)"
        columns = con.execute("select column_name from duckdb_columns() where database_name = 'books'").fetchall()
        assert con.execute(salaries).fetchall()
        assert not {"base_salary", "loaded_cost", "name", "email"} & {name for (name,) in columns}


def test_another_order_in_batches(whole: Books, tmp_path: Path) -> None:
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
    assert_equal_books(whole, books)


@pytest.mark.parametrize("moment", ["an archived file", "a first load", "staging"])
def test_killed_while_loading(whole: Books, tmp_path: Path, moment: str) -> None:
    """kill -9 while exports are archived, typed and judged: nothing is lost, nothing is there twice."""
    books = Books.create(tmp_path / "books")
    write_company(books.home, whole=False)
    deliver_sample(books.home, whole=False)
    watched = {
        "an archived file": (books.archive, "*/*/*"),
        "a first load": (books.evidence / "loads", "*.json"),
        "staging": (books.lake / ".staging", "*/*.parquet"),
    }
    folder, pattern = watched[moment]
    kill_when(lambda: any(folder.glob(pattern)), "load", "--books", books.home)
    assert len(list((books.evidence / "loads").glob("*.json"))) < 19
    run(books)
    assert_equal_books(whole, books)


@pytest.mark.parametrize("orphans", [False, True], ids=["with its dbt", "leaving its dbt alive"])
def test_killed_while_building(loaded: Books, whole: Books, tmp_path: Path, orphans: bool) -> None:
    """kill -9 in the middle of dbt: the next run builds the same, also while the orphaned dbt still writes."""
    books = copy_of(loaded, tmp_path / "books")
    ran = books.home / ".dbt" / "run"
    kill_when(lambda: any(ran.rglob("fct_charges.sql")), "build", "--books", books.home, orphans=orphans)
    assert not (books.evidence / "builds").exists()
    run(books)
    assert_equal_books(whole, books)


@pytest.mark.parametrize("damage", ["deleted", "cut in half", "bytes flipped"])
def test_a_lost_warehouse_is_built_again(whole: Books, tmp_path: Path, damage: str) -> None:
    """The warehouse is a cache: whatever happens to it, the same books come out."""
    books = copy_of(whole, tmp_path / "books")
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
    assert_equal_books(whole, books)


@pytest.mark.timeout(1200)  # when it is the first of the file, the books it is compared with are made in its time
def test_on_an_object_store(whole: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All four rooms on S3, killed when the first rows are there: the same books, nothing at home, nothing twice."""
    with object_store() as address:
        store = use(monkeypatch, address, "acme")
        home = tmp_path / "books"
        assert tokenbooks("init", home, "--sample").returncode == 0
        kill_when(lambda: bool(store.find(f"{BUCKET}/acme/lake")), "load", "--books", home)
        assert len(list((home / "evidence" / "loads").glob("*.json"))) < 22
        run(Books.open(home))
        assert not any((home / room).exists() for room in MOVABLE)
        assert {path.parts[0] for path in map(relative(home / ".rooms"), (home / ".rooms").rglob("*.*"))} == {
            "lake",
            "published",
            "shipping",
        }
        before = store.find(f"{BUCKET}/acme", detail=True)
        assert {key.split("/")[2] for key in before} == set(MOVABLE)
        assert "nothing changed" in run(Books.open(home))
        assert store.find(f"{BUCKET}/acme", detail=True) == before
        store.get(f"{BUCKET}/acme/published", str(tmp_path / "fetched" / "published"), recursive=True)
    assert_equal_books(whole, Books(tmp_path / "fetched"))


def relative(folder: Path) -> Callable[[Path], Path]:
    """Paths as they are below a folder."""
    return lambda path: path.relative_to(folder)
