"""kill -9 in the middle of load and of build, at home and on an object store: the next run makes the same books."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.beginning import begin
from pipeline.settings import MOVABLE, Books
from tests.store_fixture import BUCKET, object_store, use
from tests.story_books import assert_equal_books, copy_of, kill_when, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_killed_while_loading(story: Books, tmp_path: Path) -> None:
    """kill -9 while exports are archived, typed and judged: nothing is lost, nothing is there twice."""
    books = Books.create(tmp_path / "books")
    begin(books.home, sample=True, whole=False)
    moments = [
        (books.archive, "*/*/*"),
        (books.lake / ".staging", "*/*.parquet"),
        (books.evidence / "loads", "*.json"),
    ]
    for folder, pattern in moments:
        before = set(folder.glob(pattern))
        kill_when(lambda: bool(set(folder.glob(pattern)) - before), "load", "--books", books.home)  # noqa: B023
        assert len(list((books.evidence / "loads").glob("*.json"))) < 19
    run(books)
    assert_equal_books(story, books)


def test_killed_while_building(story_loaded: Books, story: Books, tmp_path: Path) -> None:
    """kill -9 in the middle of dbt, with it and leaving it alive: the next run builds the same, as it writes on."""
    books = copy_of(story_loaded, tmp_path / "books")
    ran = books.home / ".dbt" / "run"
    for orphans in (False, True):
        shutil.rmtree(ran, ignore_errors=True)
        kill_when(lambda: any(ran.rglob("fct_charges.sql")), "build", "--books", books.home, orphans=orphans)
        assert not (books.evidence / "builds").exists()
    run(books)
    assert_equal_books(story, books)


def test_on_an_object_store(story: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All four rooms on S3, killed when the first rows are there: the same books, nothing at home, nothing twice."""
    with object_store() as address:
        store = use(monkeypatch, address, "acme")
        home = tmp_path / "books"
        begin(home, sample=True, whole=False)
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
    assert_equal_books(story, Books(tmp_path / "fetched"))


def relative(folder: Path) -> Callable[[Path], Path]:
    """Paths as they are below a folder."""
    return lambda path: path.relative_to(folder)
