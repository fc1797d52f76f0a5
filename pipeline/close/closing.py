"""A month is prepared by one person and closed by another.

Each is an event under `ledger/periods/`; what it rests on lies in ledger and evidence before the event is written.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date

import duckdb

from pipeline.close.events import Event, commit, folder_name, happened, now
from pipeline.close.figures import figures, trial_balance
from pipeline.close.frozen import frozen_company, take_snapshot
from pipeline.close.gate import Check, Closing, examine, in_force, missing
from pipeline.close.periods import Calendar
from pipeline.close.posting import drafts, write_batch
from pipeline.close.refusing import (
    Entities,
    closable,
    named,
    prepared,
    refuse,
    refuse_changes,
    refuse_nobody,
    refuse_one_person,
    refuse_strangers,
    refuse_unbuilt,
)
from pipeline.content import digest, write_whole
from pipeline.lock import locked
from pipeline.settings import Books


@dataclass(frozen=True)
class Prepared:
    """A month ready for a second person: checks and trial balance of each entity, and where the evidence lies."""

    period: str
    entities: tuple[str, ...]
    prepared_by: str
    checks: dict[str, list[Check]]
    trial_balance: dict[str, list[dict[str, str]]]
    evidence: list[str]


@dataclass(frozen=True)
class Closed:
    """A month that is closed: lines posted, the folders they lie in, and the company version that holds for it."""

    period: str
    entities: tuple[str, ...]
    prepared_by: str
    approved_by: str
    lines: int
    batches: list[str]
    company: str


def prepare(books: Books, period: str, entity: Entities, prepared_by: str, today: date | None = None) -> Prepared:
    """Run the close gate; when everything holds, note what was seen, for a second person to approve.

    Entities that charge each other are given together. `today` is the clock unless given; it decides only whether
    the month is over. Raises CloseRefused with everything that is missing. What was found is kept as evidence.
    """
    together = named(entity)
    refuse_nobody(prepared_by=prepared_by)
    with locked(books):
        calendar = closable(books, period, together, today or now().date())
        with _looking(books, period, together, calendar, today) as (closing, con):
            seen = {one: _seen(closing, con, one) for one in together}
            balances = {one: trial_balance(con, period, one) for one in together}
        _keep(books, seen)
        refuse(missing({one: checks for one, (checks, _) in seen.items()}, period))
        events = [event.model_copy(update={"prepared_by": prepared_by.strip()}) for _, event in seen.values()]
        if not all(_already(calendar, event) for event in events):
            commit(books, events)
    checks = {one: checks for one, (checks, _) in seen.items()}
    return Prepared(period, together, prepared_by.strip(), checks, balances, [event.gate for event in events])


def approve(books: Books, period: str, entity: Entities, approved_by: str, today: date | None = None) -> Closed:
    """Close what another person has prepared: post its lines and keep its statements, for good.

    Raises CloseRefused when nothing is prepared, when the approver is the preparer (INV-26), or when the figures are
    no longer those that were prepared. Killed at any moment, it has closed nothing or all; a second try succeeds.
    """
    together = named(entity)
    refuse_nobody(approved_by=approved_by)
    with locked(books):
        calendar = closable(books, period, together, today or now().date())
        before = prepared(calendar, period, together)
        for event in before:
            refuse_one_person(event.prepared_by, "prepared it", approved_by)
        with _looking(books, period, together, calendar, today) as (closing, con):
            seen = {one: _seen(closing, con, one) for one in together}
            refuse(missing({one: checks for one, (checks, _) in seen.items()}, period))
            refuse_changes(before, [event for _, event in seen.values()])
            company = calendar.frozen(period) or take_snapshot(books, closing.inputs.version)
            batches = [write_batch(con, books, calendar, period, one, together) for one in together]
        by = {"event": "closed", "at": now(), "approved_by": approved_by.strip(), "company": company}
        posted = [{**by, "batch": batch, "lines": lines} for batch, lines in batches]
        commit(books, [event.model_copy(update=said) for event, said in zip(before, posted, strict=True)])
    lines = sum(count for _, count in batches)
    folders = [batch for batch, _ in batches]
    return Closed(period, together, before[0].prepared_by, approved_by.strip(), lines, folders, company)


def withdraw(books: Books, period: str, entity: Entities, rejected_by: str) -> list[Event]:
    """Undo what was prepared, since the second person said no: the months are open again."""
    together = named(entity)
    refuse_nobody(rejected_by=rejected_by)
    with locked(books):
        calendar = closable(books, period, together, date.min)
        about = {"requested_by": rejected_by.strip(), "together": together}
        found = prepared(calendar, period, together)
        return commit(books, [happened("withdrawn", event.entity, period, **about) for event in found])


@contextmanager
def _looking(
    books: Books, period: str, together: tuple[str, ...], calendar: Calendar, today: date | None
) -> Iterator[tuple[Closing, duckdb.DuckDBPyConnection]]:
    """The books, if they are whole and current, and a reader of the warehouse with the view `drafts`."""
    from pipeline.company import check_company
    from pipeline.plan import current_inputs

    company = check_company(books.company)
    refuse_strangers(company.tables["entities"]["entity_id"].to_pylist(), together)
    inputs = current_inputs(books)
    refuse_unbuilt(books, inputs)
    frozen = calendar.frozen(period)
    policies = frozen_company(books, frozen).policies if frozen else company.policies
    with duckdb.connect(str(books.warehouse), read_only=True) as con:
        drafts(con)
        yield Closing(books, period, together, calendar, inputs, company, policies, today or now().date()), con


def _seen(closing: Closing, con: duckdb.DuckDBPyConnection, entity: str) -> tuple[list[Check], Event]:
    """The gate's checks, and what a soft close would say of the figures."""
    checks = examine(closing, con, entity)
    hashes = {
        **figures(con, closing.period, entity),
        "inputs": closing.inputs.periods.get(closing.period, ""),
        "gate": digest([asdict(check) for check in checks]),
    }
    event = happened(
        *("soft_closed", entity, closing.period),
        together=closing.together,
        loads=tuple(closing.inputs.loads_of(closing.period)),
        policies=tuple(f"{policy.says.policy_id}@{policy.says.version} {policy.hash}" for policy in in_force(closing)),
        gate=f"closes/{folder_name(entity)}/{closing.period}/{digest(hashes)[:16]}.json",
        hashes=hashes,
    )
    return checks, event


def _keep(books: Books, seen: dict[str, tuple[list[Check], Event]]) -> None:
    """Keep what the gate found as evidence, passed or not; the same findings again are not written."""
    for checks, event in seen.values():
        path = books.evidence / event.gate
        if path.exists():
            continue
        about = event.model_dump(
            mode="json", include={"entity", "period", "together", "at", "loads", "policies", "hashes"}
        )
        found = {"passed": all(check.passed for check in checks), "checks": [asdict(check) for check in checks]}
        write_whole(path, json.dumps({**about, **found}, indent=1) + "\n")


def _already(calendar: Calendar, event: Event) -> bool:
    """Whether the latest event says the same already, so that preparing twice notes nothing new."""
    month = calendar.months.get((event.entity, event.period))
    return month is not None and month.last.model_copy(update={"at": event.at, "previous": ""}) == event
