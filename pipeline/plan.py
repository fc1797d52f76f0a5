"""Which periods a build has to touch: those whose inputs differ from the ones they were last built from.

Inputs of a period are the loads that count in it, the company files, the dbt project, the source
definitions, the versions of what computes, and what the ledger says. A month that an entity has closed follows from the
company as it was then. Nothing here opens the warehouse.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.close.frozen import version_of
from pipeline.close.periods import Calendar, read_calendar
from pipeline.content import digest, folder_hash
from pipeline.settings import Books

if TYPE_CHECKING:
    from ingestion import Source
    from pipeline.manifest import Load, Piece

PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
PACKAGES = ("tokenbooks", "duckdb", "dbt-core", "dbt-duckdb", "genai-prices")
COMPANY_FILES = (".csv", ".yml", ".yaml", ".key")


@dataclass(frozen=True)
class Inputs:
    """All that a build's figures follow from. `periods` maps YYYY-MM to the hash of that period's inputs.

    `frozen` maps the periods that are built with another company than today's to its snapshot; `version` is the hash
    that a snapshot taken today would have.
    """

    loads: "list[Load]"
    pieces: "list[Piece]"
    sources: "Mapping[str, Source]"
    common: dict[str, str]
    periods: dict[str, str]
    calendar: Calendar = field(default_factory=Calendar)
    frozen: dict[str, str] = field(default_factory=dict)
    version: str = ""

    @property
    def hash(self) -> str:
        """One hash of everything: equal hashes mean equal books."""
        return digest([self.common, sorted(self.periods.items())])

    def expected(self, recorded: Mapping[str, str]) -> dict[str, str]:
        """The hash each period should have been built from, also those whose rows have all gone since `recorded`."""
        gone = dict.fromkeys(recorded, digest([self.common, []]))
        return {**gone, **self.periods}

    def touched(self, recorded: Mapping[str, str]) -> list[str]:
        """Periods, sorted, that are not built from what they should be."""
        return sorted(period for period, now in self.expected(recorded).items() if recorded.get(period) != now)

    def groups(self, periods: Iterable[str]) -> list[tuple[str, list[str]]]:
        """(snapshot, '' for the company of today; periods) in the order they are built: what is older first."""
        found: list[tuple[str, list[str]]] = []
        for period in sorted(periods):
            version = self.frozen.get(period, "")
            if not found or found[-1][0] != version:
                found.append((version, []))
            found[-1][1].append(period)
        return found

    def loads_of(self, period: str) -> list[str]:
        """The loads that count and have rows in a period, sorted."""
        counting = {piece.load_id for piece in self.pieces}
        return sorted(
            load.load_id
            for load in self.loads
            if load.load_id in counting and any(file.period == period for file in load.files)
        )

    def sources_of(self, periods: Iterable[str]) -> list[str]:
        """The sources whose loads have rows in these periods; every source when only leftovers are to be cleared."""
        wanted = set(periods)
        counting = {piece.load_id for piece in self.pieces}
        loads = [load for load in self.loads if load.load_id in counting]
        found = {load.source for load in loads if wanted.intersection(file.period for file in load.files)}
        return sorted(found or ({load.source for load in loads} if wanted else ()))


def current_inputs(books: Books) -> Inputs:
    """What a build would follow from now. Reads manifests, definitions and company files; checks none of them."""
    from ingestion import sources
    from pipeline.manifest import coverage, read

    loads = [load for load in read(books) if load.verdict == "accepted"]
    company = Company(
        folder_hash(books.company, COMPANY_FILES), version_of(books), folder_hash(books.company, (".key",))
    )
    known = sources()
    return gather(loads, coverage(loads, known), known, company, read_calendar(books))


@dataclass(frozen=True)
class Company:
    """The company files of today as hashes: all of them, what a snapshot would keep, the secret of the pseudonyms."""

    now: str
    version: str = ""
    secret: str = ""


def gather(
    loads: "list[Load]",
    pieces: "list[Piece]",
    known: "Mapping[str, Source]",
    company: Company,
    calendar: Calendar | None = None,
) -> Inputs:
    """The inputs of a build, hashed per period.

    A period follows from those before it, too: their true-ups, assets and balances are carried on. Closed months and
    the first open one of each entity are built though they have no load (any more): corrections are posted there.
    """
    calendar = calendar or Calendar()
    common = {
        "company": company.now,
        "dbt_project": folder_hash(PROJECT),
        "sources": digest(sorted((source.id, source.definition) for source in known.values())),
        **{name: version(name) for name in PACKAGES},
    }
    by_period, everywhere = _pieces_by_period(loads, pieces)
    first_open = {month for entity in calendar.entities() if (month := calendar.first_open(entity))}
    frozen: dict[str, str] = {}
    periods: dict[str, str] = {}
    before = ""
    closed = {period for _, period, _ in calendar.closed_months()}
    for period in sorted({*by_period, *first_open, *closed}):
        snapshot = calendar.frozen(period)
        if snapshot and snapshot != company.version:
            frozen[period] = snapshot
        follows = {**common, "company": digest([snapshot, company.secret]) if snapshot else company.now}
        mine = sorted(by_period.get(period, []) + everywhere)
        before = periods[period] = digest([follows, mine, calendar.told(period), before])
    return Inputs(loads, pieces, known, common, periods, calendar, frozen, company.version)


def _pieces_by_period(
    loads: "Iterable[Load]", pieces: "Iterable[Piece]"
) -> tuple[dict[str, list[list[str]]], list[list[str]]]:
    """Per period what of which load counts in it: only loads that have rows there, cut at the period's ends.

    A window of billing periods is not cut: its charges may be dated in another month than they are billed.
    What is known of identities holds in every period, and is given apart.
    """
    by_id = {load.load_id: load for load in loads}
    found: dict[str, list[list[str]]] = {}
    everywhere: list[list[str]] = []
    for piece in pieces:
        load = by_id[piece.load_id]
        key = [piece.dataset, piece.source, piece.account, piece.load_id, load.definition, piece.window_by]
        if piece.dataset == "identities":
            everywhere.append([*key, str(piece.day_from), str(piece.day_to)])
            continue
        for period in {file.period for file in load.files}:
            start, end = bounds(period)
            if piece.window_by == "charge":
                start, end = max(start, piece.day_from), min(end, piece.day_to)
                if start >= end:
                    continue
            else:
                start, end = piece.day_from, piece.day_to
            found.setdefault(period, []).append([*key, str(start), str(end)])
    return found, everywhere


def bounds(period: str) -> tuple[date, date]:
    """First day of the month `YYYY-MM`, and first day of the next."""
    year, month = (int(part) for part in period.split("-"))
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
