"""Publishing swaps whole files, only those whose figures changed, and heals after a kill."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.findings import Finding
from pipeline.publish import NotBuilt, publish, unpublished
from pipeline.settings import Books
from pipeline.warehouse import STATE, write_output, write_state

SQL = Path(__file__).parent / "statement_warehouse.sql"


def changed(books: Books, sql: str = "", *, built: bool = True) -> None:
    """Do to the warehouse what a build does: change figures, then record what is built."""
    with duckdb.connect(str(books.warehouse)) as con:
        if sql:
            con.execute(sql)
        con.execute(STATE)
        periods = [
            row[0] for row in con.execute("select distinct period from finance.fct_charges order by 1").fetchall()
        ]
        assert len(periods) > 1
        write_output(con, periods)
        write_state(con, dict.fromkeys(periods, "made from this" if built else ""))


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder with its size and time of change."""
    return {str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*")}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Published books, made once; tests work on copies."""
    from expectations import Verdict

    books = Books.create(tmp_path_factory.mktemp("whole") / "books")
    changed(
        books,
        SQL.read_text() + "create table if not exists lake.currencies as "
        "from (values ('USD', 2), ('JPY', 0)) as t(currency, minor_units);",
    )
    verdict = Verdict.from_findings([Finding("empty", "has no rows", "export it again", "a.csv")], subject="0123")
    (books.evidence / "validation" / "load").mkdir(parents=True)
    (books.evidence / "validation" / "load" / "0123.json").write_text(verdict.to_json())
    publish(books)
    return books


@pytest.fixture
def books(whole: Books, tmp_path: Path) -> Books:
    """A copy of the published books, times of change included."""
    shutil.copytree(whole.home, tmp_path / "books")
    return Books.open(tmp_path / "books")


def test_everything_is_out(books: Books) -> None:
    """Database, Parquet, journals, statements and validation are there, and the database has every row and type."""
    with duckdb.connect() as con:
        con.execute(
            f"attach '{books.warehouse}' as w (read_only); attach '{books.published}/finance.duckdb' as p (read_only)"
        )
        models = [
            row[0] for row in con.execute("select table_name from duckdb_tables() where database_name = 'p'").fetchall()
        ]
        assert "fct_allocations" in models
        for model in models:
            for other in (f"p.finance.{model}", f"read_parquet('{books.published}/parquet/{model}/*.parquet')"):
                mine, theirs = (
                    con.execute(f"describe from {name}").fetchall() for name in (f"w.finance.{model}", other)
                )
                assert [column[:2] for column in mine] == [column[:2] for column in theirs], (model, other)
                for one, two in ((f"w.finance.{model}", other), (other, f"w.finance.{model}")):
                    assert con.execute(f"from {one} except all from {two}").fetchall() == [], (one, two)
    assert (books.published / "validation" / "index.html").exists()
    assert sorted((books.published / "statements").glob("2*.html"))
    assert not [name for name in tree(books.published) if ".tmp" in name]


def test_a_second_time_writes_nothing(books: Books) -> None:
    """Nothing changed: no file is written, not even the manifest."""
    assert not unpublished(books)
    before = tree(books.home)
    report = publish(books)
    assert report.written == report.removed == []
    assert tree(books.home) == before


def test_only_what_changed_is_written(books: Books) -> None:
    """A restated last month rewrites its own Parquet and statement and the database; older months stay."""
    changed(books, "update finance.fct_charges set billed_cost = billed_cost + 1 where period = '2026-10'")
    assert unpublished(books)
    before = tree(books.published)
    report = publish(books)
    assert set(report.written) >= {"finance.duckdb", "parquet/fct_charges/2026-10.parquet", "statements/2026-10.html"}
    after = tree(books.published)
    for name in (
        "parquet/fct_charges/2026-09.parquet",
        "statements/2026-09.html",
        "parquet/fct_postings/2026-10.parquet",
    ):
        assert after[name] == before[name]


def test_an_old_reader_keeps_the_old_figures(books: Books) -> None:
    """A reader that holds the file sees what it opened, a new one sees the new figures, and nobody is in the way."""
    ask = "select sum(billed_cost) from published.finance.fct_charges where period = '2026-10'"
    attach = f"attach '{books.published}/finance.duckdb' as published (read_only)"
    with duckdb.connect() as old:
        old.execute(attach)
        before = old.execute(ask).fetchall()
        changed(books, "update finance.fct_charges set billed_cost = billed_cost + 1 where period = '2026-10'")
        publish(books)
        assert old.execute(ask).fetchall() == before
        with duckdb.connect() as new:
            new.execute(attach)
            assert new.execute(ask).fetchall() != before


@pytest.mark.parametrize("name", ["fct_charges", "main.fct_charges", "finance.finance.fct_charges"])
def test_the_file_can_be_opened_by_itself(books: Books, name: str) -> None:
    """Finance opens the file and asks for a table: that database and schema share a name is not in the way."""
    with duckdb.connect(str(books.published / "finance.duckdb"), read_only=True) as con:
        assert con.execute(f"select count(*) > 0 from {name}").fetchone() == (True,)


@pytest.mark.parametrize("damage", ["lost file", "cut file", "lost manifest", "half manifest", "leftovers"])
def test_a_half_published_folder_heals(books: Books, damage: str) -> None:
    """Whatever a kill leaves behind, the next publication makes the folder whole."""
    whole = tree(books.published)
    out = books.published
    if damage == "lost file":
        (out / "parquet/fct_charges/2026-09.parquet").unlink()
    elif damage == "cut file":
        (out / "finance.duckdb").write_bytes((out / "finance.duckdb").read_bytes()[:5000])
    elif damage == "lost manifest":
        (out / "manifest.json").unlink()
    elif damage == "half manifest":
        (out / "manifest.json").write_text('{"out": {"database": {"made_')
    else:
        (out / ".finance.duckdb.tmp").write_bytes(b"half a database")
        (out / "finance.duckdb").unlink()
    publish(books)
    healed = tree(out)
    assert healed.keys() == whole.keys()
    with duckdb.connect() as con:
        con.execute(f"attach '{out}/finance.duckdb' as published (read_only)")
        assert con.execute("select count(*) > 0 from published.finance.fct_charges").fetchone() == (True,)
    assert publish(books).written == []


def test_unfinished_books_stay_inside(books: Books) -> None:
    """After a build that failed the old figures stay out, and the error says which month and what to do."""
    before = tree(books.published)
    changed(books, "delete from finance.fct_charges where period = '2026-10' and source = 'focus'", built=False)
    assert not unpublished(books)
    with pytest.raises(NotBuilt, match=r"2026-10.*tokenbooks build"):
        publish(books)
    assert tree(books.published) == before


def test_new_verdicts_are_published_though_no_figure_changed(books: Books) -> None:
    """A refused export changes no figure; its verdict is shown all the same, and nothing else is written."""
    folder = books.evidence / "validation" / "load"
    (folder / "0456.json").write_text((folder / "0123.json").read_text().replace("0123", "0456"))
    assert unpublished(books)
    report = publish(books)
    assert report.written
    assert all(name.startswith("validation/") for name in report.written)


def test_a_month_that_lost_its_rows_leaves_nothing_behind(books: Books) -> None:
    """The journal of an entity that posts no more is removed, so nobody imports it."""
    gone = next((books.published / "journals").glob("2026-10-*.csv"))
    entity = gone.stem.removeprefix("2026-10-")
    with duckdb.connect(str(books.warehouse), read_only=True) as con:
        models = con.execute(
            "select table_name from duckdb_columns() where schema_name = 'finance' and column_name = 'entity_id'"
        ).fetchall()
    changed(
        books,
        "".join(f"delete from finance.{m} where period = '2026-10' and entity_id = '{entity}';" for (m,) in models),
    )
    report = publish(books)
    assert f"journals/{gone.name}" in report.removed
    assert not gone.exists()


def test_the_journal_is_text_a_spreadsheet_cannot_run(books: Books) -> None:
    """Cells that a spreadsheet takes for a formula are made text; amounts balance and have the currency's decimals."""
    changed(books, "update finance.fct_postings set account_name = '=cmd|calc' where period = '2026-10'")
    publish(books)
    files = sorted((books.published / "journals").glob("2026-10-*.csv"))
    assert files
    for path in files:
        rows = list(csv.DictReader(path.open()))
        assert rows
        assert {row["account_name"] for row in rows} == {"'=cmd|calc"}
        decimals = {len(row["debit"].partition(".")[2]) for row in rows}
        assert decimals == ({0} if rows[0]["currency"] == "JPY" else {2})
