"""The commands of the month's end: used wrongly they say how, refused they say everything that is missing."""

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.close.events import commit, happened
from pipeline.settings import Books


def called(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command, run in this process."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return int(ended.value.code or 0), told.out, told.err


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Books of US01 and IE01, of which US01 has closed August."""
    books = Books.create(tmp_path / "books")
    entities = "entity_id,name,functional_currency,cutoff_timezone\nUS01,Acme,USD,UTC\nIE01,Acme Ireland,EUR,UTC\n"
    (books.company / "entities.csv").write_text(entities)
    about = {"together": ("US01",), "prepared_by": "Ann"}
    commit(books, [happened("soft_closed", "US01", "2026-08", **about)])
    batch = "period=2026-08/entity=US01/0001-0"
    commit(books, [happened("closed", "US01", "2026-08", **about, approved_by="Bob", company="c", batch=batch)])
    return books


@pytest.mark.parametrize(
    "arguments",
    [
        ["close"],
        ["close", "2026-08"],
        ["close", "2026-08", "--entity", "US01"],
        ["close", "August", "--entity", "US01", "--prepared-by", "Ann"],
        ["reopen", "2026-08", "--entity", "US01", "--requested-by", "Ann", "--approved-by", "Bob"],
        ["lock", "2026-13", "--entity", "US01", "--requested-by", "Ann", "--approved-by", "Bob"],
    ],
)
def test_wrong_use_of_closing_is_two(books: Books, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = called(*arguments, "--books", books.home, capsys=capsys)
    assert code == 2
    assert "Try 'tokenbooks" in err


def test_one_person_alone_is_refused_before_anything_is_asked(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    """INV-26; nothing is prepared by it."""
    two = ("--prepared-by", "Ann", "--approved-by", " ann")
    code, out, err = called(
        "close", "2026-09", "--entity", "US01", *two, "--books", books.home, "--json", capsys=capsys
    )
    assert code == 1
    assert "INV-26" in err
    assert "INV-26" in json.loads(out)["errors"][0]
    assert not (books.ledger / "periods" / "US01" / "2026-09").exists()


def test_every_line_of_a_refusal_is_told(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    both = ("--entity", "XX01", "--entity", "XX02")
    code, _, err = called("close", "2026-09", *both, "--prepared-by", "Ann", "--books", books.home, capsys=capsys)
    assert code == 1
    assert [line.split(":")[1].strip() for line in err.splitlines()] == ["XX01", "XX02"]
    assert "write one of US01, IE01" in err


def test_states_are_shown_and_changed(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called("periods", "--books", books.home, "--json", capsys=capsys)
    (month,) = json.loads(out)
    assert (code, month["entity"], month["period"], month["state"]) == (0, "US01", "2026-08", "closed")
    assert "prepared by Ann, approved by Bob" in month["said"]
    asked = ("--requested-by", "Ann", "--approved-by", "Bob", "--books", books.home)
    code, out, _ = called("reopen", "2026-08", "--entity", "US01", *asked, "--reason", "late", "--json", capsys=capsys)
    assert (code, json.loads(out)["event"], json.loads(out)["reason"]) == (0, "reopened", "late")
    code, _, err = called("lock", "2026-08", "--entity", "US01", *asked, capsys=capsys)
    assert (code, "US01 2026-08 is open" in err) == (1, True)
    code, out, _ = called("status", "--books", books.home, "--json", capsys=capsys)
    assert [(month["state"], month["lines"]) for month in json.loads(out)["months"]] == [("open", 0)]
    code, out, _ = called("periods", "--books", books.home, capsys=capsys)
    assert (code, "reopened by Ann" in out) == (0, True)


def test_books_that_never_closed_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = called("periods", "--books", Books.create(tmp_path / "books").home, capsys=capsys)
    assert (code, "all are open" in out) == (0, True)
