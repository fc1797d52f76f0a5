"""The lake becomes the warehouse: dbt rebuilds the periods whose inputs changed, and the gates judge what comes out.

Safe to kill at any point: a period counts as built only once everything about it is done, and whatever is not
is built again from lake and company.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.content import digest, write_whole
from pipeline.lock import locked
from pipeline.settings import Books, BooksError
from pipeline.verdicts import keep_verdict, withdraw_verdicts

if TYPE_CHECKING:
    from pipeline.company import CompanyInputs
    from pipeline.dbt import DbtFailure
    from pipeline.plan import Inputs

Progress = Callable[[str], None]

# How DuckDB words damage that it meets only while reading: the cure is a fresh warehouse, not a person.
DAMAGE = ("INTERNAL Error", "FATAL Error", "Serialization Error", "Corrupt", "corrupt", "checksum", "Could not read")


class BuildFailed(BooksError):
    """dbt or a gate said no. The message names each model, test or rule and why; nothing may be published."""


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `periods` empty: nothing had changed, and nothing was written."""

    periods: list[str] = field(default_factory=list)
    build_id: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def build(books: Books, progress: Progress | None = None) -> BuildReport:
    """Bring the warehouse up to date with lake and company.

    Raises CompanyRefused when a company file is wrong, BuildFailed when a model, a test or a gate fails,
    BooksError when somebody else has the warehouse open.
    """
    from pipeline.plan import current_inputs
    from pipeline.warehouse import read_state

    with locked(books, progress) as lock:
        inputs = current_inputs(books)
        if not inputs.touched(read_state(books)):
            return BuildReport()
        built, notes = _warehouse(books, inputs, lock, progress)
        _closed_months_stand(books, inputs, sorted(built))
        _judge(books, sorted(built), progress)
        return _record(books, inputs, built, notes)


def _warehouse(
    books: Books, inputs: "Inputs", lock: int, progress: Progress | None
) -> tuple[dict[str, str], list[str]]:
    """Fill the warehouse's inputs and run dbt; once more on a fresh file if the old one turns out to be damaged.

    Returns the periods built with their inputs hash, and notes for a person.
    """
    from expectations import ready_ahead
    from pipeline.close.retroactive import check_company_and_past
    from pipeline.warehouse import discard, read_state

    company = check_company_and_past(books, inputs.calendar)
    ready_ahead()
    for attempt in ("as it is", "fresh"):
        recorded = read_state(books)
        expected, touched = inputs.expected(recorded), inputs.touched(recorded)
        if len(touched) == len(expected):
            discard(books)  # nothing in it counts any more; a fresh file also forgets models that the project dropped
            expected, touched = inputs.periods, sorted(inputs.periods)
        failures = _build_groups(books, inputs, company, touched, lock, progress)
        if not failures:
            notes = [str(finding) for finding in company.warnings]
            return {period: expected[period] for period in touched}, notes
        if attempt == "fresh" or not any(mark in failure.message for failure in failures for mark in DAMAGE):
            break
        discard(books)
    raise BuildFailed("\n".join(f"{failure.node}: {failure.message}" for failure in failures))


def _build_groups(
    books: Books, inputs: "Inputs", company: "CompanyInputs", touched: list[str], lock: int, progress: Progress | None
) -> "list[DbtFailure]":
    """Run dbt once for each version of the company, the oldest periods first; stops at what fails, and returns it.

    A month that is closed is built with the company as it was then, so that no later change of organisation, rule or
    policy reaches it.
    """
    from pipeline.close.frozen import frozen_company
    from pipeline.close.sources import write_ledger
    from pipeline.company import load_company
    from pipeline.dbt import dbt_build
    from pipeline.warehouse import open_warehouse, write_inputs

    for snapshot, periods in inputs.groups(touched):
        version = frozen_company(books, snapshot) if snapshot else company
        with open_warehouse(books) as con:
            write_inputs(con, books, inputs, periods)
            load_company(con, version)
            write_ledger(con, books, inputs)
        if progress:
            progress(f"build {len(periods)} periods{' as closed' if snapshot else ''}: {', '.join(periods)}")
        if failures := dbt_build(books, lock, progress).failures:
            return failures
    return []


def _closed_months_stand(books: Books, inputs: "Inputs", periods: list[str]) -> None:
    """Raises BuildFailed when the journal of a closed month is not what it was closed with."""
    from pipeline.close.standing import changed_months
    from pipeline.warehouse import open_warehouse

    with open_warehouse(books) as con:
        if changed := changed_months(con, inputs.calendar, periods):
            raise BuildFailed("\n".join(changed))


def _judge(books: Books, periods: list[str], progress: Progress | None) -> None:
    """The gates for journal and statement; every verdict is kept, and a critical one that failed ends the build.

    A period without cost has no statement to judge: use is often known before what it cost. It has a journal when
    something is posted to it all the same, a correction of a closed month.
    """
    from expectations import judge_books
    from pipeline.warehouse import periods_to_judge

    if progress:
        progress("judge journal and statement")
    costly, posted_only = periods_to_judge(books, periods)
    for period in sorted(set(periods) - set(costly)):
        withdraw_verdicts(books, period, ("statement",) if period in posted_only else ("journal", "statement"))
    verdicts = judge_books(books.warehouse, costly, posted_only) if costly or posted_only else []
    for verdict in verdicts:
        keep_verdict(books, verdict)
    failed = [
        f"{verdict.kind} {verdict.subject}: {result.plain} {result.observed}"
        for verdict in verdicts
        for result in verdict.failures
        if result.blocks
    ]
    if failed or not all(verdict.passed for verdict in verdicts):
        raise BuildFailed("\n".join(["the gate before publishing refused the books:", *failed]))


def _record(books: Books, inputs: "Inputs", built: dict[str, str], notes: list[str]) -> BuildReport:
    """Write what the build followed from and what came out; last of all, mark its periods as built."""
    from pipeline.warehouse import open_warehouse, write_output, write_state

    with open_warehouse(books) as con:
        output = write_output(con, sorted(built))
        build_id = digest([inputs.common, sorted(built.items())])[:16]
        manifest = {
            "build_id": build_id,
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "inputs": inputs.common,
            "frozen": inputs.frozen,
            "inputs_hash": inputs.hash,
            "periods": built,
            "loads": sorted({piece.load_id for piece in inputs.pieces}),
            "output": [{"model": m, "period": p, "rows": n, "digest": d} for m, p, n, d in output],
            "output_hash": digest(output),
            "notes": notes,
        }
        write_whole(books.evidence / "builds" / f"{build_id}.json", json.dumps(manifest, indent=1))
        write_state(con, built)
    rows: dict[str, int] = {}
    for model, _, count, _ in output:
        rows[model] = rows.get(model, 0) + count
    return BuildReport(sorted(built), build_id, rows, notes)
