"""A build that must not succeed says which model, test or rule, publishes no figure, and is made good by its cure."""

import shutil
from pathlib import Path

import pytest

from pipeline import BuildFailed, build, publish, run
from pipeline.publish import NotBuilt
from pipeline.sample import write_company
from pipeline.settings import Books, BooksError

pytestmark = pytest.mark.slow


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """The sample company with the bill of one cloud, as the source's own sample states it."""
    from ingestion import sources
    from ingestion.golden import sample

    books = Books.create(tmp_path / "books")
    write_company(books.home)
    for path in sample(sources()["focus"]):
        target = books.landing / "focus" / "acme-aws" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return books


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_wrong_company_stops_the_build_until_it_is_right(books: Books) -> None:
    """File, row and cure are told, exports are loaded all the same, nothing is published; then it is cured."""
    centers = books.company / "cost_centers.csv"
    right = centers.read_text()
    centers.write_text(right.replace(",rnd,", ",r_and_d,", 1))
    report = run(books)
    assert report.load.new
    assert any("cost_centers.csv, row 1" in error for error in report.errors), report.errors
    assert not (books.published / "finance.duckdb").exists()
    centers.write_text(right)
    report = run(books)
    assert report.errors == []
    assert "finance.duckdb" in report.publish.written


def test_a_model_that_fails_is_named_and_figures_stay(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt's own message reaches the person; what was published stays; a project that works again heals it."""
    from pipeline.plan import PROJECT

    assert run(books).errors == []
    before = tree(books.published)
    broken = tmp_path / "project"
    shutil.copytree(PROJECT, broken)
    model = broken / "models" / "marts" / "fct_charges.sql"
    model.write_text(model.read_text() + "\nwhere no_such_column = 1\n")
    for module in ("pipeline.plan", "pipeline.dbt"):
        monkeypatch.setattr(f"{module}.PROJECT", broken)
    with pytest.raises(BuildFailed, match=r"model\.tokenbooks\.fct_charges: "):
        build(books)
    with pytest.raises(NotBuilt):
        publish(books)
    assert tree(books.published) == before
    monkeypatch.undo()
    assert run(books).errors == []
    after = tree(books.published)
    assert {name for name in before if name.startswith("parquet")} == {n for n in after if n.startswith("parquet")}


def test_a_lost_lake_file_is_an_error_with_a_cure_that_works(books: Books) -> None:
    """The message names the file and the manifest to delete; doing so gives the same books."""
    assert run(books).errors == []
    before = {name: content for name, content in tree(books.published).items() if name.startswith("parquet")}
    lost = next(books.lake.rglob("*.parquet"))
    lost.unlink()
    books.warehouse.unlink()
    with pytest.raises(BooksError, match=lost.name) as told:
        build(books)
    assert f"evidence/loads/{lost.stem}.json" in str(told.value)
    (books.evidence / "loads" / f"{lost.stem}.json").unlink()
    assert run(books).errors == []
    assert {name: content for name, content in tree(books.published).items() if name.startswith("parquet")} == before
