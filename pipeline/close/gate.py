"""The close gate: everything that must hold before a month of an entity may be closed, each with the cure.

Nothing is written and no figure computed; the clock is asked only whether the month is over for long enough.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import duckdb

from pipeline.close.periods import Calendar, last_day
from pipeline.close.questions import QUESTIONS
from pipeline.close.refusing import same_person
from pipeline.plan import Inputs, bounds
from pipeline.settings import Books
from pipeline.verdicts import verdict_path

if TYPE_CHECKING:
    from ingestion import Source
    from pipeline.company import CompanyInputs
    from pipeline.company.company_settings import Account
    from pipeline.company.policies import Policy

SHOWN = 3


@dataclass(frozen=True)
class Check:
    """One thing that must hold: in plain words, whether it does, what was seen where it does not, and the cure."""

    name: str
    plain: str
    passed: bool
    seen: str = ""
    cure: str = ""


@dataclass(frozen=True)
class Closing:
    """What is asked about: entities closed together, the month, the books as they stand, and the day it is asked.

    `company` is the company of today, `policies` are those of the month's own version of it.
    """

    books: Books
    period: str
    together: tuple[str, ...]
    calendar: Calendar
    inputs: Inputs
    company: "CompanyInputs"
    policies: "tuple[Policy, ...]"
    today: date


def examine(closing: Closing, con: duckdb.DuckDBPyConnection, entity: str) -> list[Check]:
    """Every check of the gate for one of the entities. `con` reads the warehouse and has the view `drafts`."""
    checks = [
        _cut_off(closing),
        *_complete(closing, entity),
        _quarantine(closing, entity),
        *_verdicts(closing, con),
        *_asked(closing, con, entity),
        _policies(closing),
        _in_order(closing, con, entity),
        _between_entities(closing, con, entity),
    ]
    return [replace(check, seen="", cure="") if check.passed else check for check in checks]


def _cut_off(closing: Closing) -> Check:
    days = closing.company.settings.cutoff.days_after_period_end
    from_day = last_day(closing.period) + timedelta(days=days + 1)
    return Check(
        "cut_off",
        f"The month is over for {days} days or more",
        closing.today >= from_day,
        f"it is {closing.today}",
        f"wait until {from_day}, or change cutoff.days_after_period_end in company/tokenbooks.yml",
    )


def _complete(closing: Closing, entity: str) -> Iterator[Check]:
    """CTL-01: every day of the month of every account that is billed, days without use stated as such.

    Of several exports that state one bill, each day has one that counts.
    """
    for account in charged_accounts(closing, entity):
        start, end = bounds(closing.period)
        start, end = max(start, account.valid_from or start), min(end, account.valid_to or end)
        missing = {start + timedelta(days=n) for n in range((end - start).days)}
        stating = stating_with(closing.inputs.sources, account.source)
        for piece in closing.inputs.pieces:
            if (piece.account, piece.dataset) == (account.account, "charges") and piece.source in stating:
                missing = {day for day in missing if not piece.day_from <= day < piece.day_to}
        days = sorted(missing)
        yield Check(
            "complete",
            f"Every day of {account.source} {account.account} is delivered (CTL-01)",
            not days,
            f"{len(days)} days missing, first {days[0]}" if days else "",
            f"export these days into landing/{account.source}/{account.account}/, also when nothing was used; "
            "if the account did not exist then, say valid_from or valid_to in company/tokenbooks.yml",
        )


def stating_with(known: "Mapping[str, Source]", source: str) -> set[str]:
    """The sources that state the same bill as this one, itself among them."""
    states = known[source].states
    return {
        one.id for one in known.values() if one.id == source or (states and one.states and one.states.of == states.of)
    }


def charged_accounts(closing: Closing, entity: str) -> "list[Account]":
    """The accounts that an entity is billed for, as its settings name them."""
    known = closing.inputs.sources
    return [
        account
        for account in closing.company.settings.accounts
        if account.entity == entity and account.source in known and known[account.source].dataset == "charges"
    ]


def _quarantine(closing: Closing, entity: str) -> Check:
    """Exports that were refused, still lie in landing, and may hold days of the month."""
    from pipeline.landed import lying
    from pipeline.manifest import read

    start, end = bounds(closing.period)
    lies = lying(closing.books)
    mine = {(one.source, one.account) for one in closing.company.settings.accounts if one.entity == entity}
    refused = [
        delivery.path
        for load in read(closing.books)
        if load.verdict == "refused" and (load.source, load.account) in mine
        if not (load.window_from and load.window_to) or (load.window_from < end and start < load.window_to)
        for delivery in load.deliveries
        if lies(delivery.path)
    ]
    return Check(
        "quarantine",
        "No export of the month is in quarantine",
        not refused,
        _some(sorted(refused)),
        "`tokenbooks status` tells why; replace the file in landing, or remove it",
    )


def _verdicts(closing: Closing, con: duckdb.DuckDBPyConnection) -> Iterator[Check]:
    """The gates of journal and statement, as the build has judged them; a month without a journal has none."""
    from expectations import Verdict

    judged = {"journal": "fct_postings where true", "statement": "fct_charges where recognized_cost <> 0"}
    for kind, rows in judged.items():
        found = con.execute(f"select count(*) from finance.{rows} and period = ?", [closing.period]).fetchall()[0][0]
        path = verdict_path(closing.books, kind, closing.period)
        passed = Verdict.from_json(path.read_text("utf-8")).passed if path.exists() else not found
        seen = "refused" if path.exists() else "there is no verdict"
        yield Check(f"{kind}_verdict", f"The gate has passed the {kind}", passed, seen, "run `tokenbooks run`")


def _asked(closing: Closing, con: duckdb.DuckDBPyConnection, entity: str) -> Iterator[Check]:
    settings = closing.company.settings
    asked = {
        "entity": entity,
        "period": closing.period,
        "limit": str(settings.pool.limit_percent),
        "material": str(settings.materiality.amount),
    }
    for question in QUESTIONS:
        needed = {name: value for name, value in asked.items() if f"${name}" in question.sql}
        cursor = con.execute(question.sql, needed)
        names = [column[0] for column in cursor.description or ()]
        rows = [", ".join(f"{n} {v}" for n, v in zip(names, row, strict=True)) for row in cursor.fetchall()]
        yield Check(question.name, question.plain, not rows, _some(sorted(rows)), question.cure)


def _policies(closing: Closing) -> Check:
    """CTL-07 and INV-26 for the policies in force in the month."""
    alone = [policy.file for policy in in_force(closing) if same_person(policy.says.author, policy.says.approver)]
    return Check(
        "policies",
        "Policies in force were approved by another than their author (INV-26)",
        not alone,
        _some(alone),
        "have somebody else approve a new version in company/policies/",
    )


def in_force(closing: Closing) -> "list[Policy]":
    """The policies that hold on some day of the month."""
    start, end = bounds(closing.period)
    return [
        policy
        for policy in closing.policies
        if policy.says.effective_from < end and (policy.says.effective_to is None or policy.says.effective_to > start)
    ]


def _in_order(closing: Closing, con: duckdb.DuckDBPyConnection, entity: str) -> Check:
    found = con.execute(
        "select period from finance.fct_postings where entity_id = $entity and period < $period union "
        "select period from finance.fct_charges where entity_id = $entity and period < $period order by 1",
        {"entity": entity, "period": closing.period},
    ).fetchall()
    before = [period for (period,) in found if not closing.calendar.sealed(entity, period)]
    return Check(
        "in_order",
        "Earlier months with cost are closed",
        not before,
        _some(before),
        f"close {before[0]} first" if before else "",
    )


def _between_entities(closing: Closing, con: duckdb.DuckDBPyConnection, entity: str) -> Check:
    """Who pays a bill decides what it charges to others: until that is closed, it may still change."""
    rows = con.execute(
        "select distinct origin_entity_id from drafts "
        "where period = ? and entity_id = ? and origin_entity_id <> entity_id order by 1",
        [closing.period, entity],
    ).fetchall()
    payers = [p for (p,) in rows if p not in closing.together and not closing.calendar.sealed(p, closing.period)]
    return Check(
        "between_entities",
        "Whoever charges cost to this entity is closed first, or together with it",
        not payers,
        _some([f"{payer} pays for it" for payer in payers]),
        f"close {payers[0]} first, or together: --entity {payers[0]} --entity {entity}" if payers else "",
    )


def missing(checks: Mapping[str, Sequence[Check]], period: str) -> list[str]:
    """What did not pass, a line each: entity, month, what, what was seen, cure."""
    return [
        f"{entity} {period}: not so: {check.plain}{': ' + check.seen if check.seen else ''}; {check.cure}"
        for entity, of_entity in checks.items()
        for check in of_entity
        if not check.passed
    ]


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return "; ".join(texts[:SHOWN]) + more
