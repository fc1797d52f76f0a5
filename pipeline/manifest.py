"""The manifest: one JSON per load, written last, so that its being there is what makes a load visible.

From all of them follows which load is the newest statement of which days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from pipeline.content import write_whole
from pipeline.settings import Books

if TYPE_CHECKING:
    from ingestion import Source


class Entry(BaseModel):
    """A part of a manifest, strict so that a manifest of another version is an error and not a guess."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PartEntry(Entry):
    """A file of the delivery: its name as delivered, and its copy relative to the archive."""

    name: str
    sha256: str
    bytes: int
    archived: str


class DeliveryEntry(Entry):
    """A time this content was delivered: where in landing, and as of when (naive UTC), by its name or by its mtime."""

    path: str
    as_of: datetime
    as_of_basis: Literal["name", "content", "mtime"]
    fingerprint: str


class FileEntry(Entry):
    """A Parquet file of the load, relative to the lake."""

    path: str
    period: str
    rows: int


class Load(Entry):
    """One load, accepted or refused. The window is half-open; `totals` are exact decimals as text, per currency."""

    load_id: str
    source: str
    account: str
    dataset: str | None
    sha256: str
    bytes: int
    parts: tuple[PartEntry, ...] = ()
    deliveries: tuple[DeliveryEntry, ...]
    records: int = 0
    rows: int = 0
    totals: dict[str, str] = {}
    window_from: date | None = None
    window_to: date | None = None
    window_by: Literal["charge", "billing"] | None = None
    as_of: datetime
    files: tuple[FileEntry, ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    verdict: Literal["accepted", "refused"]
    findings: tuple[dict[str, Any], ...] = ()
    units_against: str | None = None  # which usage the unit of money was last held against
    definition: str
    loaded_at: datetime


@dataclass(frozen=True, order=True)
class Piece:
    """Days, half-open, of which one load is the newest statement."""

    source: str
    account: str
    dataset: str
    window_by: str
    day_from: date
    day_to: date
    load_id: str


def read(books: Books) -> list[Load]:
    """Every load, sorted by id. Raises pydantic.ValidationError naming what is wrong in a damaged manifest."""
    return [Load.model_validate_json(path.read_bytes()) for path in sorted(_folder(books).glob("*.json"))]


def write(books: Books, load: Load) -> None:
    """Write a load's manifest whole: from here on it counts."""
    write_whole(_folder(books) / f"{load.load_id}.json", load.model_dump_json(indent=1) + "\n")


def stated_as_of(deliveries: Iterable[DeliveryEntry]) -> datetime:
    """When content was last stated: the latest time that a name or the content tells, else when it was written."""
    told = [one.as_of for one in deliveries if one.as_of_basis != "mtime"]
    return max(told) if told else min(one.as_of for one in deliveries)


Key = tuple[str, str, str, str]  # source, account, dataset, window_by


def coverage(loads: Iterable[Load], known: "Mapping[str, Source] | None" = None) -> list[Piece]:
    """Which accepted load is the newest statement of which days, per source, account and dataset: disjoint pieces.

    Newest is by `as_of`, then by content hash, never by arrival; so any order of delivery gives the same. Of sources
    that state the same thing, by their definitions in `known`, a day is left to the one of the lowest rank that has it.
    Invoices and identities are no statements about days: each of their loads counts, and which file of an invoice does
    is asked of the invoice (stg_invoices). So does each load of a log whose records have an identity (stg_usage).
    """
    pieces: list[Piece] = []
    newest: dict[Key, dict[date, str]] = {}
    accepted = (load for load in loads if load.verdict == "accepted")
    for load in sorted(accepted, key=lambda load: (load.as_of, load.sha256)):
        if not (load.dataset and load.window_by and load.window_from and load.window_to):
            raise ValueError(f"evidence/loads/{load.load_id}.json: accepted, but without dataset or window")
        source = (known or {}).get(load.source)
        if load.dataset in ("invoices", "identities") or (source and source.identity):
            key = (load.source, load.account, load.dataset, load.window_by)
            pieces.append(Piece(*key, load.window_from, load.window_to, load.load_id))
            continue
        days = newest.setdefault((load.source, load.account, load.dataset, load.window_by), {})
        for number in range((load.window_to - load.window_from).days):
            days[load.window_from + timedelta(days=number)] = load.load_id
    _leave_to_the_first(newest, known or {})
    return sorted(pieces + [piece for key, days in newest.items() for piece in _runs(key, days)])


def _leave_to_the_first(
    newest: dict[tuple[str, str, str, str], dict[date, str]], known: "Mapping[str, Source]"
) -> None:
    """Take from each source the days that another states already, of the same account and thing, with a lower rank."""
    ranked = []
    for key in newest:
        source = known.get(key[0])
        if source and source.states:
            ranked.append((source.states.rank, (source.states.of, key[1], key[2]), key))
    stated: dict[tuple[str, str, str], set[date]] = {}
    for _, thing, key in sorted(ranked):
        taken = stated.setdefault(thing, set())
        for day in taken & newest[key].keys():
            del newest[key][day]
        taken.update(newest[key])


def _runs(key: Key, days: dict[date, str]) -> list[Piece]:
    """Adjacent days of one load, joined."""
    pieces: list[Piece] = []
    for day, load_id in sorted(days.items()):
        start, after = day, day + timedelta(days=1)
        if pieces and pieces[-1].load_id == load_id and pieces[-1].day_to == day:
            start = pieces.pop().day_from
        pieces.append(Piece(*key, start, after, load_id))
    return pieces


def _folder(books: Books) -> Path:
    return books.evidence / "loads"
