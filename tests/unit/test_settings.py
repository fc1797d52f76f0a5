"""Books are found where the caller or the environment says, and nothing else is taken for books."""

from pathlib import Path

import pytest

from pipeline.settings import ROOMS, Books, BooksError


def test_created_books_can_be_opened(tmp_path: Path) -> None:
    """`create` makes every directory of the skeleton, and keeps what is there."""
    kept = tmp_path / "acme" / "landing" / "focus" / "export.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text("as delivered")
    books = Books.create(tmp_path / "acme")
    assert Books.open(tmp_path / "acme") == books
    assert kept.read_text() == "as delivered"
    assert sorted(path.name for path in books.home.iterdir()) == sorted(ROOMS)
    assert books.warehouse == tmp_path / "acme" / "warehouse.duckdb"


def test_the_environment_names_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TOKENBOOKS_HOME is used when no directory is given, and only then."""
    Books.create(tmp_path / "a")
    Books.create(tmp_path / "b")
    monkeypatch.setenv("TOKENBOOKS_HOME", str(tmp_path / "a"))
    assert Books.open().home == tmp_path / "a"
    assert Books.open(tmp_path / "b").home == tmp_path / "b"


def test_default_is_books_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word from anybody the books are in ./books."""
    monkeypatch.delenv("TOKENBOOKS_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    Books.create("books")
    assert Books.open().home == tmp_path / "books"


@pytest.mark.parametrize("home", ["missing", "plain", "s3://bucket/books"])
def test_what_is_not_books_is_refused_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    """A missing directory, any other directory and a URL each get an error that says what to do."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").mkdir()
    with pytest.raises(BooksError, match=r"tokenbooks init|put rooms of it on a store"):
        Books.open(home)
