"""Every rule of what leaves the books turns red when what it guards against happens: one mutation for each."""

from pathlib import Path

import duckdb
import pytest

from expectations import Verdict, judge_books

PERIOD = "2026-09"

# Two entities, two currencies, a pool and a credit: the tables finance opens, in the columns the gates read.
BOOKS = f"""
create schema finance;
set schema = 'finance';
create table fct_allocations as
select 'A' || n as allocation_id, 'C' || n as charge_id, '{PERIOD}' as period, 'focus' as source, 'acme' as account,
    case n % 2 when 0 then 'US01' else 'JP01' end as entity_id, case n % 2 when 0 then 'USD' else 'JPY' end as currency,
    case when n > 19 then '(unallocated)' else 'CC' || n % 3 end as cost_center_id,
    case when n % 4 < 2 then 'utility_opex' else 'human_capital_capex' end as mgmt_class,
    cast(case when n = 5 then -20 else 10 * n end + 0.000123 as decimal(38,12)) as amount
from range(1, 21) as t(n);
create table fct_charges as
select charge_id, period, source, account, entity_id, currency, amount as recognized_cost from fct_allocations;
create table fct_postings as
with lines as (
    select entity_id, currency, cost_center_id, cast(round(sum(amount), 0) as decimal(28,4)) as net
    from fct_allocations group by all
), legs as (
    select 'accrual' as event, entity_id, null as counterparty_entity_id, currency, cost_center_id, 'rnd' as function,
        '6110' as account_id, net from lines
    union all
    select 'accrual', entity_id, null, currency, null, null, '2110', -sum(net) from lines group by all
    union all
    from (values ('chargeback', 'US01', 'JP01', 'USD', null, null, '1510', 7),
        ('chargeback', 'US01', null, 'USD', null, null, '2110', -7),
        ('chargeback', 'JP01', 'US01', 'USD', null, null, '2510', -7),
        ('chargeback', 'JP01', null, 'USD', null, null, '2110', 7))
)
select 'P' || row_number() over (order by event, entity_id, account_id, cost_center_id) as posting_id,
    event || '-' || entity_id as entry_id, entity_id, '{PERIOD}' as period, '{PERIOD}' as service_period, event,
    event as kind, function, date '2026-09-30' as posting_date, account_id, 'focus' as source, 'acme' as account,
    counterparty_entity_id, cost_center_id, null as project_id, cast(greatest(net, 0) as decimal(28,4)) as debit,
    cast(greatest(-net, 0) as decimal(28,4)) as credit, currency,
    cast(greatest(net, 0) as decimal(28,4)) as functional_debit,
    cast(greatest(-net, 0) as decimal(28,4)) as functional_credit, currency as functional_currency,
    cast(null as varchar) as reversal_of
from legs;
insert into fct_postings by name
select * replace ('O' || posting_id as posting_id, 'old' as entry_id, '2026-08' as period, '2026-08' as service_period)
from fct_postings where event = 'accrual' and entity_id = 'US01';
insert into fct_postings by name
select * replace ('R' || posting_id as posting_id, 'reversed' as entry_id, '{PERIOD}' as period, 'reversal' as kind,
    debit as credit, credit as debit, functional_debit as functional_credit, functional_credit as functional_debit,
    posting_id as reversal_of)
from fct_postings where entry_id = 'old';
create table fct_journal_entries as
select entry_id, entity_id, period, currency, 'draft' as status, sum(debit) as debit_total, sum(credit) as credit_total,
    count(*) as lines
from fct_postings group by all;
create table dim_accounts as
from (values ('6110', 'AI usage', 'expense'), ('2110', 'Accrued', 'liability'),
    ('1510', 'Receivable', 'asset'), ('2510', 'Payable', 'liability'), ('9999', 'Rounding', 'expense'))
    as t(account_id, account_name, account_type);
create table dim_entity_periods as
from (values ('US01', '{PERIOD}', 'open'), ('IE01', '{PERIOD}', 'closed')) as t(entity_id, period, state);
create table rpt_cost_statement as
with part as (
    select period, entity_id, currency, source, account, cost_center_id, mgmt_class, sum(amount) as amount
    from fct_allocations group by all
)
select *, cast(round(amount, 0) as decimal(28,4)) as amount_rounded from part;
create table rpt_classification_bridge as
select period, entity_id, currency, mgmt_class, 'expense' as us_gaap_treatment, sum(amount) as amount
from fct_allocations group by all;
create table rpt_reconciliation as
select period, source, account, currency, sum(recognized_cost) + 5 as billed_cost,
    sum(recognized_cost) as recognized_cost, cast(5 as decimal(38,12)) as not_recognized,
    cast(0 as decimal(28,4)) as difference
from fct_charges group by all;
"""


FIRST_REVERSED = "posting_id = (select min(posting_id) from fct_postings where kind = 'reversal' and debit > 0)"
FIRST = "rowid = (select min(rowid) from {0})"
STATED = {
    ("journal", "fct_postings"): ("entry_id", "entity_id", "account_id", "currency", "debit", "credit", "posting_date"),
    ("statement", "rpt_cost_statement"): (
        *("entity_id", "currency", "amount", "amount_rounded", "mgmt_class", "cost_center_id"),
    ),
}
BROKEN = {
    "journal": {
        "has_rows": "delete from fct_postings",
        "entries_balance": "update fct_postings set debit = debit + 0.01 where posting_id = 'P1'",
        "two_lines_or_more": "update fct_postings set entry_id = 'alone' where posting_id = 'P1'",
        "one_side_per_line": "update fct_postings set functional_debit = 1, functional_credit = 1",
        "posting_once": "update fct_postings set posting_id = 'P1'",
        "accounts_known": "delete from dim_accounts where account_id = '6110'",
        "no_rounding_account": "update fct_postings set account_id = '9999' where posting_id = 'P1'",
        "entries_and_postings_agree": "delete from fct_journal_entries where entity_id = 'JP01'",
        "nothing_new_in_a_closed_month": "update dim_entity_periods set state = 'locked' where entity_id = 'US01'",
        "reversals_negate": f"update fct_postings set cost_center_id = 'CC9' where {FIRST_REVERSED}",
        "entities_owe_what_others_claim": "update fct_postings set credit = 8 where account_id = '2510'",
        "lines_have_charges": "update fct_charges set source = 'another' where currency = 'USD'",
        "journal_ties_to_allocations": "update fct_allocations set amount = amount + 1 where allocation_id = 'A2'",
    },
    "statement": {
        "has_rows": "delete from rpt_cost_statement",
        "statement_ties_to_journal": "update rpt_cost_statement set amount_rounded = amount_rounded + 0.01",
        "statement_ties_to_allocations": "update rpt_cost_statement set amount = amount + 0.000000000001",
        "bridge_has_no_residual": "delete from rpt_classification_bridge where mgmt_class = 'utility_opex'",
        "charges_allocated_whole": "delete from fct_allocations where allocation_id = 'A20'",
        "one_class_each": "update fct_allocations set mgmt_class = null where allocation_id = 'A2'",
        "reconciliation_is_zero": "update rpt_reconciliation set difference = 0.01",
        "reconciliation_covers_all": "delete from rpt_reconciliation where currency = 'JPY'",
        "pool_is_small": "update rpt_cost_statement set cost_center_id = '(unallocated)'",
    },
}
MUTATIONS = [(gate, rule, sql) for gate, rules in BROKEN.items() for rule, sql in rules.items()] + [
    (gate, f"{column}_stated", f"update {table} set {column} = null where {FIRST.format(table)}")
    for (gate, table), columns in STATED.items()
    for column in columns
]


def judged(folder: Path, mutation: str = "select 1") -> dict[str, Verdict]:
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        con.execute(BOOKS)
        con.execute(mutation)
    return {verdict.kind: verdict for verdict in judge_books(warehouse, [PERIOD])}


def test_good_books_pass_with_every_rule_judged(tmp_path: Path) -> None:
    verdicts = judged(tmp_path)
    assert set(verdicts) == {"journal", "statement"}
    for verdict in verdicts.values():
        assert verdict.subject == PERIOD
        assert verdict.failures == ()
        assert verdict.skipped == ()


def test_every_rule_of_the_books_has_a_mutation(tmp_path: Path) -> None:
    ruled = {(kind, result.rule) for kind, verdict in judged(tmp_path).items() for result in verdict.results}
    assert len(ruled) > 25
    assert ruled == {(gate, rule) for gate, rule, _ in MUTATIONS}


@pytest.mark.parametrize(("gate", "rule", "mutation"), MUTATIONS, ids=[f"{gate}-{rule}" for gate, rule, _ in MUTATIONS])
def test_books_that_break_a_rule_turn_it_red(tmp_path: Path, gate: str, rule: str, mutation: str) -> None:
    verdict = judged(tmp_path, mutation)[gate]
    broken = {result.rule: result for result in verdict.failures}
    assert rule in broken, verdict.results
    assert "could not be judged" not in broken[rule].observed
    assert verdict.passed == all(other.severity != "critical" for other in verdict.failures)
    sql = broken[rule].offending_sql
    if sql:  # an auditor runs it as it stands
        with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as con:
            assert con.execute(sql).fetchall()


def test_a_period_without_books_is_refused(tmp_path: Path) -> None:
    judged(tmp_path)
    assert [verdict.passed for verdict in judge_books(tmp_path / "warehouse.duckdb", ["2026-10"])] == [False, False]
