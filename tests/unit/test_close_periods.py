"""States of months follow from events: chained, all or none, and who may do what."""

import json
from datetime import date
from pathlib import Path

import pytest

from ingestion import sources
from pipeline.close import CloseRefused, events, lock, read_calendar, reopen
from pipeline.close.events import Event, commit, folder_name, happened
from pipeline.close.gate import stating_with
from pipeline.close.periods import last_day, month_after
from pipeline.close.refusing import closable, prepared, refuse_changes, same_person
from pipeline.settings import Books, BooksError

TODAY = date(2026, 11, 22)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Books in which nothing was ever closed."""
    return Books.create(tmp_path / "books")


def close(books: Books, period: str, *entities: str, company: str = "c1") -> list[Event]:
    """Let these months be prepared by A and closed by B, without any figure."""
    about = {"together": entities, "prepared_by": "A", "hashes": {"journal": "j"}}
    commit(books, [happened("soft_closed", one, period, **about) for one in entities])
    return commit(
        books,
        [
            happened("closed", one, period, **about, approved_by="B", company=company, batch=f"{one}-{period}")
            for one in entities
        ],
    )


def test_months_without_events_are_open(books: Books) -> None:
    calendar = read_calendar(books)
    assert calendar.state("US01", "2026-09") == "open"
    assert calendar.first_open("US01") is None
    assert calendar.frozen("2026-09") is None
    assert list(books.ledger.rglob("*")) == []


def test_a_close_seals_its_month_and_all_before(books: Books) -> None:
    """What comes later for August, which had nothing to close, is a correction like any other."""
    close(books, "2026-09", "US01")
    calendar = read_calendar(books)
    assert [calendar.state("US01", p) for p in ("2026-08", "2026-09", "2026-10")] == ["closed", "closed", "open"]
    assert calendar.first_open("US01") == "2026-10"
    assert calendar.state("IE01", "2026-09") == "open"
    assert calendar.batches() == ["US01-2026-09"]


def test_the_company_is_frozen_for_all_entities_at_the_first_close(books: Books) -> None:
    close(books, "2026-08", "US01", company="c1")
    close(books, "2026-09", "US01", company="c2")
    calendar = read_calendar(books)
    assert [calendar.frozen(p) for p in ("2026-07", "2026-08", "2026-09", "2026-10")] == ["c1", "c1", "c2", None]


def test_reopening_opens_one_month_and_closing_again_counts_both(books: Books) -> None:
    """The newest alone; the months before stay sealed, and what was posted first stays posted."""
    close(books, "2026-08", "US01")
    close(books, "2026-10", "US01")
    with pytest.raises(CloseRefused, match="2026-10 was closed after it"):
        reopen(books, "2026-08", "US01", "A", "B", "late bill")
    event = reopen(books, "2026-10", "US01", " A ", "B", "late bill")
    assert (event.requested_by, event.reason) == ("A", "late bill")
    calendar = read_calendar(books)
    states = [calendar.state("US01", p) for p in ("2026-08", "2026-09", "2026-10")]
    assert states == ["closed", "closed", "open"]
    assert calendar.first_open("US01") == "2026-10"
    assert [p for _, p, _ in calendar.closed_months()] == ["2026-08"]
    assert calendar.batches() == ["US01-2026-08", "US01-2026-10"]
    close(books, "2026-10", "US01")
    assert len(read_calendar(books).batches()) == 3
    assert read_calendar(books).state("US01", "2026-10") == "closed"


def test_a_reopening_expires_by_refusal(books: Books) -> None:
    """Its days are a setting; afterwards nothing is closed there until two persons reopen it again."""
    (books.company / "tokenbooks.yml").write_text("reopening: {days: 3}\n")
    close(books, "2026-09", "US01")
    from pipeline.close.reopening import reopen as reopen_on

    assert reopen_on(books, "2026-09", "US01", "A", "B", "why", TODAY).expires_on == date(2026, 11, 25)
    closable(books, "2026-09", ("US01",), date(2026, 11, 25))
    with pytest.raises(CloseRefused, match="reopened until 2026-11-25"):
        closable(books, "2026-09", ("US01",), date(2026, 11, 26))
    reopen_on(books, "2026-09", "US01", "A", "B", "why", date(2026, 11, 26))
    closable(books, "2026-09", ("US01",), date(2026, 11, 27))


def test_a_locked_month_stays(books: Books) -> None:
    close(books, "2026-09", "US01")
    lock(books, "2026-09", "US01", "A", "B")
    assert read_calendar(books).state("US01", "2026-09") == "locked"
    with pytest.raises(CloseRefused, match="locked"):
        reopen(books, "2026-09", "US01", "A", "B", "x")
    with pytest.raises(CloseRefused, match="locked"):
        lock(books, "2026-09", "US01", "A", "B")
    with pytest.raises(CloseRefused, match="US01 2026-10 is open"):
        lock(books, "2026-10", "US01", "A", "B")


@pytest.mark.parametrize(
    ("one", "other", "reason", "says"),
    [
        ("A", " a", "x", "INV-26"),
        ("A", "B", " ", "--reason"),
        ("", "B", "x", "--requested-by"),
        ("A", "", "x", "--approved-by"),
    ],
)
def test_two_persons_and_a_reason(books: Books, one: str, other: str, reason: str, says: str) -> None:
    """INV-26: names are compared without capitals and blanks."""
    close(books, "2026-09", "US01")
    with pytest.raises(CloseRefused, match=says):
        reopen(books, "2026-09", "US01", one, other, reason)
    assert same_person(" Ann", "ann ")
    assert read_calendar(books).state("US01", "2026-09") == "closed"


def test_a_closed_month_is_closed_once(books: Books) -> None:
    close(books, "2026-09", "US01")
    for period in ("2026-09", "2026-08"):
        with pytest.raises(CloseRefused, match="is closed already"):
            closable(books, period, ("IE01", "US01"), TODAY)
    closable(books, "2026-09", ("IE01",), TODAY)


def test_what_is_approved_is_what_was_prepared(books: Books) -> None:
    """Together as prepared together, and with the same figures."""
    with pytest.raises(CloseRefused, match="not prepared"):
        prepared(read_calendar(books), "2026-09", ("US01",))
    both = ("IE01", "US01")
    commit(books, [happened("soft_closed", one, "2026-09", together=both, prepared_by="A") for one in both])
    assert [event.entity for event in prepared(read_calendar(books), "2026-09", both)] == ["IE01", "US01"]
    with pytest.raises(CloseRefused, match="--entity IE01 --entity US01"):
        prepared(read_calendar(books), "2026-09", ("US01",))
    before = happened("soft_closed", "US01", "2026-09", prepared_by="A", hashes={"journal": "1", "inputs": "1"})
    after = before.model_copy(update={"hashes": {"journal": "2", "inputs": "1"}})
    refuse_changes([before], [before])
    with pytest.raises(CloseRefused, match="journal changed since A prepared it"):
        refuse_changes([before], [after])


def test_a_withdrawn_preparation_is_open_again(books: Books) -> None:
    from pipeline.close import withdraw

    commit(books, [happened("soft_closed", "US01", "2026-09", together=("US01",), prepared_by="A")])
    assert read_calendar(books).state("US01", "2026-09") == "soft_closed"
    withdraw(books, "2026-09", "US01", "B")
    assert read_calendar(books).state("US01", "2026-09") == "open"


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_commit_that_is_killed_happened_whole(books: Books, monkeypatch: pytest.MonkeyPatch, written: int) -> None:
    """Killed after the commit and before all its events have a file: they count, and the next commit writes them."""
    about = {"together": ("IE01", "US01")}
    commit(books, [happened("soft_closed", one, "2026-09", **about) for one in ("IE01", "US01")])
    real, calls = events.write_whole, []

    def dies(path: Path, text: str) -> None:
        calls.append(path)
        if len(calls) > 1 + written:
            raise KeyboardInterrupt
        real(path, text)

    if written < 2:
        monkeypatch.setattr(events, "write_whole", dies)
        with pytest.raises(KeyboardInterrupt):
            commit(books, [happened("closed", one, "2026-09", **about, company="c") for one in ("IE01", "US01")])
        monkeypatch.undo()
        assert (books.ledger / "periods" / "commit.json").exists()
    else:
        commit(books, [happened("closed", one, "2026-09", **about, company="c") for one in ("IE01", "US01")])
    assert {read_calendar(books).state(one, "2026-09") for one in ("IE01", "US01")} == {"closed"}
    commit(books, [happened("locked", "US01", "2026-09")])
    names = sorted(str(path.relative_to(books.ledger / "periods")) for path in books.ledger.rglob("*.json"))
    assert names == [
        "IE01/2026-09/0001-soft_closed.json",
        "IE01/2026-09/0002-closed.json",
        "US01/2026-09/0001-soft_closed.json",
        "US01/2026-09/0002-closed.json",
        "US01/2026-09/0003-locked.json",
    ]
    assert read_calendar(books).state("US01", "2026-09") == "locked"


@pytest.mark.parametrize("harm", ["changed", "removed", "slipped in", "no JSON", "moved"])
def test_events_that_were_tampered_with_are_told(books: Books, harm: str) -> None:
    """CTL-12: every event names the hash of the one before, over all months of the entity."""
    close(books, "2026-08", "US01")
    close(books, "2026-09", "US01")
    file = books.ledger / "periods" / "US01" / "2026-08" / "0002-closed.json"
    told = json.loads(file.read_text())
    if harm == "changed":
        file.write_text(json.dumps({**told, "approved_by": "C"}))
    elif harm == "removed":
        file.unlink()
    elif harm == "slipped in":
        (file.parent / "0003-reopened.json").write_text(json.dumps({**told, "event": "reopened"}))
    elif harm == "no JSON":
        file.write_text("{")
    else:
        file.rename(file.parent.parent / "2026-09" / "0003-closed.json")
    with pytest.raises(BooksError, match=r"backup|put it back"):
        read_calendar(books)


def test_names_of_entities_are_no_paths(books: Books) -> None:
    close(books, "2026-09", "../../etc", "A/B")
    assert sorted(path.name for path in (books.ledger / "periods").iterdir()) == ["%2E%2E%2F%2E%2E%2Fetc", "A%2FB"]
    assert read_calendar(books).sealed("../../etc", "2026-09")
    assert folder_name("US01") == "US01"


def test_months_follow_each_other() -> None:
    assert [month_after("2026-12"), month_after("2026-01", -1), month_after("2025-11", 14)] == [
        "2027-01",
        "2025-12",
        "2027-01",
    ]
    assert last_day("2028-02") == date(2028, 2, 29)


def test_a_day_of_a_bill_is_delivered_by_whichever_export_states_it() -> None:
    known = sources()
    assert stating_with(known, "aws_cur_legacy") == {"aws_cur", "aws_cur_legacy", "focus"}
    assert stating_with(known, "github_copilot_seats") == {"github_copilot_seats"}, "nobody else states seats"
    assert "openai_costs" not in stating_with(known, "anthropic_cost_report")
