"""Every rule of every load's gate turns red when what it guards against happens: one mutation of good rows for each.

A rule without a mutation fails `test_every_rule_has_a_mutation`: none that can never fail is added unseen.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from expectations import LoadContext, Verdict, judge_load, offending_rows
from ingestion import focus

LOAD_ID = "00112233445566aa"
ORIGIN = f'\'src\' as "x_Source", \'acme\' as "x_Account", \'{LOAD_ID}\' as "x_LoadId", n as "x_SourceRow"'
DAY = "date '2026-09-01' + cast(n as integer)"

LOADS = {
    "charges": f"""
        select n * 1.25 as "BilledCost", n * 1.25 as "EffectiveCost", case n % 2 when 0 then 'USD' else 'EUR' end
            as "BillingCurrency", 'Usage' as "ChargeCategory", {DAY} as "ChargePeriodStart",
            {DAY} + 1 as "ChargePeriodEnd", date '2026-09-01' as "BillingPeriodStart",
            date '2026-10-01' as "BillingPeriodEnd", n * 1000 as "PricingQuantity", 0.00125 as "ListUnitPrice",
            'output' as "x_TokenClass", {ORIGIN} from range(1, 11) as t(n)""",
    "usage": f"""
        select {DAY} as "UsageDate", n * 100 as "Quantity", 'tokens' as "Unit", class as "x_TokenClass",
            0.5 as "EstimatedCost", 'USD' as "EstimatedCostCurrency", {ORIGIN}
        from range(1, 11) as t(n), (values ('output'), ('cache_read')) as c(class)""",
    "identities": f"""
        select 'email' as "Kind", 'person' || n || '@example.com' as "Key", date '2026-01-01' as "ValidFrom",
            date '2027-01-01' as "ValidTo", {ORIGIN} from range(1, 11) as t(n)""",
    "invoices": f"""
        select 100.00 as "BilledCost", 'USD' as "BillingCurrency", 'Usage' as "ChargeCategory", 'INV-1' as "InvoiceId",
            'L' || n as "InvoiceDetailId", date '2026-09-01' as "BillingPeriodStart",
            date '2026-10-01' as "BillingPeriodEnd", date '2026-10-02' as "InvoiceIssueDate",
            date '2026-11-01' as "PaymentDueDate", {ORIGIN} from range(1, 11) as t(n)""",
}
TOTALS = {
    "charges": {"USD": "37.5", "EUR": "31.250000000000"},
    "usage": {"tokens": "11000"},
    "identities": {},
    "invoices": {"USD": "1000"},
}
CONTEXT = {
    name: LoadContext(LOAD_ID, "src", "acme", name, 10, TOTALS[name], "2026-09-01", "2026-10-01") for name in LOADS
}
BILLING = LoadContext(LOAD_ID, "src", "acme", "charges", 10, TOTALS["charges"], "2026-09-01", "2026-10-01", "billing")
# A source's own rule, in the words of source.yml.
OWN = {
    "rule": "own_rule",
    "plain": "The source's own rule holds.",
    "severity": "warning",
    "sql": 'select * from {batch} where "x_SourceRow" = 10 and "x_Account" = \'never\' or "x_SourceRow" = 11',
}
DECLARED = SimpleNamespace(gate=(OWN,))


def stage(file: Path, dataset: str, mutation: str = "") -> Path:
    """The good rows of a dataset as a load would stage them, after the mutation (SQL on the table `t`)."""
    given = LOADS[dataset]
    with duckdb.connect() as con:
        names = [name for name, *_ in con.execute(f"describe {given}").fetchall()]
        columns = [
            f"cast({f'given.{chr(34)}{f.name}{chr(34)}' if f.name in names else 'null'} as {focus.duckdb_type(f.type)})"
            f' as "{f.name}"'
            for f in focus.DATASETS[dataset]
        ]
        con.execute(f"create table t as select {', '.join(columns)} from ({given}) as given")
        con.execute(mutation or "select 1")
        con.execute(f"copy t to '{file}' (format parquet)")
    return file


@dataclass(frozen=True)
class Mutation:
    """What turns a rule of a gate red: SQL on the rows, or another word of the load about itself."""

    gate: str
    rule: str
    sql: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def _blank(gate: str, *columns: str) -> list[Mutation]:
    return [Mutation(gate, f"{c}_stated", f'update t set "{c}" = null where "x_SourceRow" = 3') for c in columns]


def _set(gate: str, rule: str, change: str, where: str = '"x_SourceRow" = 3') -> Mutation:
    return Mutation(gate, rule, f"update t set {change} where {where}")


def _of_any_load(gate: str) -> list[Mutation]:
    return [
        Mutation(gate, "has_rows", "delete from t"),
        *_blank(gate, "x_Source", "x_Account", "x_LoadId"),
        _set(gate, "x_SourceRow_stated", '"x_SourceRow" = null'),
        _set(gate, "one_origin", "\"x_Account\" = 'other'"),
        Mutation(gate, "all_rows_arrived", 'delete from t where "x_SourceRow" = 7'),
        Mutation(gate, "no_row_twice", 'insert into t select * from t where "x_SourceRow" = 7'),
        _set(gate, "own_rule", '"x_SourceRow" = 11'),
    ]


MUTATIONS = [
    *[m for gate in LOADS for m in _of_any_load(gate)],
    *_blank("charges", "BilledCost", "BillingCurrency", "ChargeCategory"),
    *_blank("charges", "ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart"),
    Mutation("charges", "control_totals_agree", context={"totals": {"USD": "37.5", "EUR": "31.250000000001"}}),
    _set("charges", "ChargePeriodStart_in_window", "\"ChargePeriodStart\" = timestamp '2026-10-01'"),
    Mutation(
        "charges",
        "BillingPeriodStart_in_window",
        'update t set "BillingPeriodStart" = timestamp \'2026-08-01\' where "x_SourceRow" = 3',
        {"window_by": "billing"},
    ),
    _set("charges", "ChargeCategory_known", "\"ChargeCategory\" = 'Usages'"),
    _set("charges", "x_TokenClass_known", "\"x_TokenClass\" = 'reasoning'"),
    _set("charges", "BillingCurrency_known", "\"BillingCurrency\" = 'usd'"),
    _set("charges", "ChargePeriodEnd_after_ChargePeriodStart", '"ChargePeriodEnd" = "ChargePeriodStart"'),
    _set("charges", "BillingPeriodEnd_after_BillingPeriodStart", '"BillingPeriodEnd" = "BillingPeriodStart"'),
    _set("charges", "unit_of_money_possible", '"BilledCost" = 375, "EffectiveCost" = 375'),
    _set("charges", "signs_agree", '"EffectiveCost" = -1'),
    _set("charges", "use_costs_something", '"BilledCost" = -1, "EffectiveCost" = -1'),
    _set("charges", "credits_told", "\"ChargeCategory\" = 'Credit'"),
    *_blank("usage", "UsageDate", "Quantity", "Unit"),
    Mutation("usage", "control_totals_agree", context={"totals": {"tokens": "11001"}}),
    _set("usage", "UsageDate_in_window", "\"UsageDate\" = date '2026-08-31'"),
    _set("usage", "x_TokenClass_known", "\"x_TokenClass\" = 'reasoning'"),
    _set("usage", "Quantity_not_negative", '"Quantity" = -1'),
    _set("usage", "EstimatedCostCurrency_known", "\"EstimatedCostCurrency\" = 'dollars'"),
    _set("usage", "estimate_has_currency", '"EstimatedCostCurrency" = null'),
    *_blank("identities", "Kind", "Key"),
    _set("identities", "Kind_known", "\"Kind\" = 'nickname'"),
    _set("identities", "ValidTo_after_ValidFrom", '"ValidTo" = "ValidFrom"'),
    _set("identities", "identity_stated_once", "\"Key\" = 'person4@example.com'"),
    *_blank("invoices", "BilledCost", "BillingCurrency", "ChargeCategory", "InvoiceId", "BillingPeriodStart"),
    Mutation("invoices", "control_totals_agree", context={"totals": {"USD": "1000", "EUR": "1"}}),
    _set("invoices", "BillingPeriodStart_in_window", "\"BillingPeriodStart\" = timestamp '2026-08-01'"),
    _set("invoices", "ChargeCategory_known", "\"ChargeCategory\" = 'Fee'"),
    _set("invoices", "BillingCurrency_known", "\"BillingCurrency\" = 'credits'"),
    _set("invoices", "BillingPeriodEnd_after_BillingPeriodStart", '"BillingPeriodEnd" = "BillingPeriodStart"'),
    _set("invoices", "due_after_issue", "\"PaymentDueDate\" = date '2026-10-01'"),
    _set("invoices", "invoice_line_once", "\"InvoiceDetailId\" = 'L4'"),
]


def judged(folder: Path, dataset: str, mutation: str = "", context: LoadContext | None = None) -> tuple[Verdict, Path]:
    file = stage(folder / "rows.parquet", dataset, mutation)
    return judge_load([file], dataset, DECLARED, context or CONTEXT[dataset]), file


@pytest.mark.parametrize("dataset", LOADS)
def test_good_rows_pass_with_every_rule_judged(tmp_path: Path, dataset: str) -> None:
    verdict, _ = judged(tmp_path, dataset)
    assert verdict.status == "accepted", verdict.failures
    assert verdict.failures == ()
    assert verdict.skipped == ()


def test_every_rule_has_a_mutation(tmp_path: Path) -> None:
    ruled = {(name, result.rule) for name in LOADS for result in judged(tmp_path, name)[0].results}
    ruled |= {("charges", result.rule) for result in judged(tmp_path, "charges", context=BILLING)[0].results}
    assert len(ruled) > 60
    assert ruled == {(mutation.gate, mutation.rule) for mutation in MUTATIONS}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{m.gate}-{m.rule}")
def test_a_load_that_breaks_a_rule_turns_it_red(tmp_path: Path, mutation: Mutation) -> None:
    context = replace(CONTEXT[mutation.gate], **mutation.context)
    verdict, file = judged(tmp_path, mutation.gate, mutation.sql, context)
    broken = {result.rule: result for result in verdict.failures}
    assert mutation.rule in broken, verdict.results
    result = broken[mutation.rule]
    assert "could not be judged" not in result.observed
    assert result.unexpected_count > 0
    assert verdict.passed == all(other.severity != "critical" for other in verdict.failures)
    if result.offending_sql:
        assert offending_rows(verdict, [file])[mutation.rule].num_rows > 0
