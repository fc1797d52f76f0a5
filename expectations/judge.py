"""The one place that runs a gate: rows into Great Expectations, a verdict out. Nothing is written."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from expectations.engine import Engine, engine, parquet
from expectations.rules import Rule, Rules
from expectations.verdict import CRITICAL, LoadContext, Result, Skipped, Verdict
from ingestion.focus import SERVICE_DATE

MOST_ROWS_SHOWN = 1000
MOST_VALUES_SHOWN = 5
MOST_WORDS_SHOWN = 300  # characters of an exception
FINANCE = (
    *("fct_charges", "fct_allocations", "fct_journal_entries", "fct_postings"),
    *("dim_accounts", "dim_entity_periods"),
    *("rpt_cost_statement", "rpt_reconciliation", "rpt_classification_bridge"),
)


def judge_load(files: list[Path], dataset: str, source: Any, context: LoadContext) -> Verdict:
    """The verdict on a staged load: its Parquet files against the gate of its dataset and of its source.

    `source.gate` adds rules of the source's own: {rule, plain, severity, sql}, `{batch}` standing for the rows.
    """
    from expectations.gates import LOAD_GATES

    about = {name: value for name, value in vars(context).items() if name not in ("load_id", "totals")}
    about["totals"] = dict(context.totals)
    if not files:
        nothing = Result("has_rows", "There is at least one row.", CRITICAL, False, "0 rows", unexpected_count=1)
        return Verdict("load", context.load_id, (nothing,), **about)
    with engine() as gate, gate.view(parquet(files)) as view:
        span = gate.connection.execute(f'select min("x_SourceRow"), max("x_SourceRow") from {view}').fetchone()
        rules = LOAD_GATES[dataset](context, span, getattr(source, "gate", None) or ())
        results, skipped = _judge(gate, view, rules)
        about["periods"] = _periods(gate, view, dataset)
    return Verdict("load", context.load_id, results, skipped, **about)


def judge_books(warehouse: Path, periods: Iterable[str], posted_only: Iterable[str] = ()) -> list[Verdict]:
    """Two verdicts per period, on its journal and on its statement, from the `finance` schema of a DuckDB file.

    A period of `posted_only` has postings and no cost of its own, and so a journal and no statement.

    The file is attached read-only; nobody may hold it open for writing meanwhile.
    """
    path = str(warehouse).replace("'", "''")
    verdicts = []
    with engine() as gate:
        gate.connection.execute(f"attach '{path}' as books (read_only)")
        gate.connection.execute("create schema if not exists finance")
        try:
            for name in FINANCE:
                gate.connection.execute(f"create or replace view finance.{name} as from books.finance.{name}")
            for period in periods:
                verdicts += [_judge_period(gate, "journal", period), _judge_period(gate, "statement", period)]
            verdicts += [_judge_period(gate, "journal", period) for period in posted_only]
        finally:
            gate.connection.execute("drop schema finance cascade")
            gate.connection.execute("detach books")
    return verdicts


def offending_rows(verdict: Verdict, files: list[Path]) -> dict[str, Any]:
    """For each rule of a load that failed, the rows that break it as a pyarrow Table: the first 1,000."""
    found: dict[str, Any] = {}
    if not files:
        return found
    with engine() as gate, gate.view(parquet(files)) as view:
        for result in verdict.failures:
            if result.offending_sql and result.where is None:
                query = f"from ({result.offending_sql.format(batch=view)}) limit {MOST_ROWS_SHOWN}"
                found[result.rule] = gate.connection.execute(query).to_arrow_table()
    return found


def _judge_period(gate: Engine, kind: str, period: str) -> Verdict:
    from babel.numbers import get_currency_precision

    from expectations import gates

    table = "fct_postings" if kind == "journal" else "rpt_cost_statement"
    batch = f"(select * from finance.{table} where period = '{period}')"
    with gate.view(f"from {batch}") as view:
        if kind == "journal":
            spoken = gate.connection.execute(
                "select distinct currency from finance.fct_allocations where currency is not null order by currency"
            ).fetchall()
            rules = gates.journal(period, {code: get_currency_precision(code) for (code,) in spoken})
        else:
            rules = gates.statement(period)
        results, skipped = _judge(gate, view, rules, batch)
    return Verdict(kind, period, results, skipped, periods=(period,))


Judged = tuple[tuple[Result, ...], tuple[Skipped, ...]]


def _judge(gate: Engine, view: str, rules: Rules, batch: str = "{batch}") -> Judged:
    """The results of the rules over a view, in their order, with the rules that had nothing to judge."""
    skipped = [Skipped(*unjudged) for unjudged in rules.skipped]
    judged = []
    for rule in rules.rules:
        if rule.applies and not _any(gate, view, rule.applies):
            skipped.append(Skipped(rule.name, rule.plain, "No row states what this rule compares."))
        else:
            judged.append(rule)
    suite = Rules(rules.name, judged).suite()
    outcome = {ran.expectation_config.meta["number"]: ran for ran in gate.run(view, suite).results}
    results = [_result(gate, view, rule, outcome.get(number)) for number, rule in enumerate(judged)]
    named = [replace(r, offending_sql=(r.offending_sql or "").replace("{batch}", batch) or None) for r in results]
    return tuple(named), tuple(skipped)


def _result(gate: Engine, view: str, rule: Rule, ran: Any) -> Result:
    """What GX found for one rule. A rule that could not be judged has failed, and blocks."""
    known: dict[str, Any] = {"rule": rule.name, "plain": rule.plain, "columns": tuple(rule.columns)}
    known["offending_sql"] = rule.offending
    problem = "Great Expectations did not report on this rule." if ran is None else _exception(ran.exception_info)
    if problem:
        return Result(**known, severity=CRITICAL, success=False, observed=f"could not be judged: {problem}")
    found = ran.result
    unexpected = int(found.get("unexpected_count", found.get("observed_value", 0)) or 0)
    if rule.offending is None:
        observed, unexpected = f"{found['observed_value']:,} rows", 0 if ran.success else 1
    else:
        observed = f"{unexpected:,} break it" if unexpected else "none breaks it"
    if not ran.success and rule.shows:
        observed += f": {_values(gate, view, rule)}"
    return Result(**known, severity=rule.severity, success=ran.success, observed=observed, unexpected_count=unexpected)


def _exception(info: dict[str, Any] | None) -> str | None:
    """The first exception in what GX says of a rule: one mapping, or one per metric."""
    told = [info or {}, *(value for value in (info or {}).values() if isinstance(value, dict))]
    raised = next((str(one["exception_message"]) for one in told if one.get("raised_exception")), None)
    return None if raised is None else " ".join(raised.partition("[SQL:")[0].split())[:MOST_WORDS_SHOWN]


def _any(gate: Engine, view: str, condition: str) -> bool:
    return gate.connection.execute(f'select 1 from "{view}" where {condition} limit 1').fetchone() is not None


def _values(gate: Engine, view: str, rule: Rule) -> str:
    offending = (rule.offending or "").format(batch=f'"{view}"')
    shown = f'cast("{rule.shows}" as varchar)'
    query = f"select distinct {shown} as v from ({offending}) order by v limit {MOST_VALUES_SHOWN}"
    return ", ".join(str(value) for (value,) in gate.connection.execute(query).fetchall())


def _periods(gate: Engine, view: str, dataset: str) -> tuple[str, ...]:
    """The months (YYYY-MM) that the rows of a load are dated in, in order; identities have none."""
    if dataset not in SERVICE_DATE:
        return ()
    months = f"select distinct date_trunc('month', \"{SERVICE_DATE[dataset]}\") as month from {view}"
    query = f"select strftime(month, '%Y-%m') from ({months}) where month is not null order by month"
    return tuple(period for (period,) in gate.connection.execute(query).fetchall())
