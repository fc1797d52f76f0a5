"""Which load states which days: disjoint, complete, the newest, and the same in whatever order loads came."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.manifest import DeliveryEntry, Load, coverage, stated_as_of

START = date(2026, 9, 1)


@st.composite
def some_load(draw: st.DrawFn) -> Load:
    first = draw(st.integers(0, 40))
    number = draw(st.integers(0, 10**6))
    as_of = datetime(2026, 9, 1) + timedelta(hours=draw(st.integers(0, 200)))
    delivery = DeliveryEntry(path=f"{number}", as_of=as_of, as_of_basis="name", fingerprint=f"{number}")
    return Load(
        load_id=f"{number:016x}",
        source=draw(st.sampled_from(["a", "b"])),
        account=draw(st.sampled_from(["x", "y"])),
        dataset="charges",
        sha256=f"{number:064x}",
        bytes=1,
        deliveries=(delivery,),
        window_from=START + timedelta(days=first),
        window_to=START + timedelta(days=first + draw(st.integers(1, 35))),
        window_by="charge",
        as_of=as_of,
        verdict=draw(st.sampled_from(["accepted", "accepted", "accepted", "refused"])),
        definition="",
        loaded_at=datetime(2026, 11, 1),
    )


def days(load: Load) -> list[date]:
    assert load.window_from
    assert load.window_to
    return [load.window_from + timedelta(days=n) for n in range((load.window_to - load.window_from).days)]


many_loads = st.lists(some_load(), min_size=1, max_size=12, unique_by=lambda load: load.load_id)


@settings(deadline=None)
@given(many_loads, st.randoms())
def test_each_day_has_exactly_its_newest_statement(loads: list[Load], random: Random) -> None:
    wanted: dict[tuple[str, str, date], Load] = {}
    for load in loads:
        for day in days(load) if load.verdict == "accepted" else ():
            key = (load.source, load.account, day)
            if key not in wanted or (load.as_of, load.sha256) > (wanted[key].as_of, wanted[key].sha256):
                wanted[key] = load
    pieces = coverage(loads)
    stated = [
        ((piece.source, piece.account, piece.day_from + timedelta(days=n)), piece.load_id)
        for piece in pieces
        for n in range((piece.day_to - piece.day_from).days)
    ]
    assert Counter(key for key, _ in stated) == Counter(wanted.keys())  # disjoint, and exactly the union of the windows
    assert dict(stated) == {key: load.load_id for key, load in wanted.items()}
    random.shuffle(loads)
    assert coverage(loads) == pieces


@given(many_loads)
def test_pieces_are_as_long_as_they_can_be(loads: list[Load]) -> None:
    pieces = coverage(loads)
    for one, next_one in pairwise(pieces):
        adjacent = one.day_to == next_one.day_from and (one.source, one.account) == (next_one.source, next_one.account)
        assert not (adjacent and one.load_id == next_one.load_id)


def entry(day: int, basis: str) -> DeliveryEntry:
    told = {"path": "p", "as_of": datetime(2026, 9, day), "as_of_basis": basis, "fingerprint": "f"}
    return DeliveryEntry.model_validate(told)


def test_a_name_says_more_than_the_clock_of_a_file() -> None:
    assert stated_as_of([entry(3, "name"), entry(9, "mtime"), entry(5, "name")]) == datetime(2026, 9, 5)
    assert stated_as_of([entry(9, "mtime"), entry(7, "mtime")]) == datetime(2026, 9, 7)


@settings(deadline=None)
@given(many_loads)
def test_every_load_of_invoices_counts(loads: list[Load]) -> None:
    """Two invoices of one month come in two files; the later file does not replace the first."""
    invoices = [load.model_copy(update={"dataset": "invoices", "window_by": "billing"}) for load in loads]
    found = [(piece.load_id, piece.day_from, piece.day_to) for piece in coverage(invoices)]
    accepted = [load for load in invoices if load.verdict == "accepted"]
    assert sorted(found) == sorted((load.load_id, load.window_from, load.window_to) for load in accepted)
