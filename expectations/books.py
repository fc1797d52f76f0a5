"""The rules of what leaves the books: a period's journal and its cost statement, read from the `finance` schema.

The SQL names the tables as finance finds them, so an auditor can run any rule on `published/finance.duckdb`.
"""

from collections.abc import Mapping
from decimal import Decimal

from expectations.ledger import BEARS_COST, IS_OPEN, double_entry, history
from expectations.rules import Rule, Words, literal, never, none_of, some_rows, stated
from expectations.verdict import WARNING

GRAIN = "entity_id, currency"
BILLED_BY = "source, account, currency"


def journal_rules(period: str, minor_units: Mapping[str, int]) -> list[Rule]:
    """What must hold for the postings of a period; the batch is `finance.fct_postings` of that period."""
    that = f"period = {literal(period)}"
    stating = ("entry_id", "entity_id", "account_id", "currency", "debit", "credit", "posting_date")
    return [
        some_rows("posting"),
        *stated(stating),
        *double_entry(),
        *_accounts(),
        none_of(
            "entries_and_postings_agree",
            "Every entry has its postings and every posting its entry; totals and number of lines agree.",
            "select coalesce(e.entry_id, p.entry_id) as entry_id, e.debit_total, p.debit, e.credit_total, p.credit"
            f" from (select * from finance.fct_journal_entries where {that}) as e full join (select entry_id,"
            " sum(debit) as debit, sum(credit) as credit, count(*) as lines from {batch} group by entry_id) as p"
            " on e.entry_id = p.entry_id where e.debit_total is distinct from p.debit"
            " or e.credit_total is distinct from p.credit or e.lines is distinct from p.lines",
            ("entry_id",),
        ),
        *history(period),
        _tied_to_allocations(period, minor_units),
    ]


def _accounts() -> list[Rule]:
    return [
        never(
            "accounts_known",
            "Every account is in the chart of accounts.",
            "account_id not in (select account_id from finance.dim_accounts where account_id is not null)",
            ("account_id",),
            Words(shows="account_id"),
        ),
        never(
            "no_rounding_account",
            "Nothing is posted to account 9999 (rounding).",
            "account_id = '9999'",
            ("account_id", "debit", "credit"),
        ),
    ]


def _tied_to_allocations(period: str, minor_units: Mapping[str, int]) -> Rule:
    """Rounding happens once, in the entry of the entity that is billed: no line is out by a whole minor unit."""
    units = ", ".join(
        f"({literal(code)}, cast({Decimal(1).scaleb(-digits):f} as decimal(18,6)))"
        for code, digits in sorted(minor_units.items())
    )
    return none_of(
        "journal_ties_to_allocations",
        "The journal posts what was allocated, in whichever period, but for rounding each line once (INV-15).",
        f"select {GRAIN}, a.amount as allocated, p.amount as posted from (select {GRAIN}, sum(amount) as amount"
        f" from finance.fct_allocations where period = {literal(period)} group by {GRAIN}) as a"
        f" full join (select {GRAIN}, sum(debit - credit) as amount, count(*) as lines from finance.fct_postings"
        f" where service_period = {literal(period)} and {BEARS_COST} group by {GRAIN}) as p using ({GRAIN})"
        f" left join (values {units or '(null, null)'}) as minor (currency, unit) using (currency)"
        " where (p.amount is null and abs(a.amount) >= unit) or (a.amount is null and p.amount <> 0)"
        " or abs(a.amount - p.amount) >= unit * lines or unit is null",
        ("debit", "credit"),
    )


def statement_rules(period: str) -> list[Rule]:
    """What must hold for the statement of a period; the batch is `finance.rpt_cost_statement` of that period."""
    that = f"period = {literal(period)}"
    stating = ("entity_id", "currency", "amount", "amount_rounded", "mgmt_class", "cost_center_id")
    return [
        some_rows("line of the statement"),
        *stated(stating),
        *_tied_statement(that),
        *_allocated(that),
        *_reconciled(that),
    ]


def _tied_statement(that: str) -> list[Rule]:
    """A statement, of a closed month as reported, against journal, allocations and bridge."""
    return [
        _equal(
            "statement_ties_to_journal",
            "The statement sums to the journal, to the cent, per entity and currency.",
            f"select {GRAIN}, sum(amount_rounded) as amount from {{batch}} group by {GRAIN}",
            f"select {GRAIN}, sum(debit - credit) as amount from finance.fct_postings"
            f" where {that} and service_period = period and {BEARS_COST} group by {GRAIN}",
        ),
        _equal(
            "statement_ties_to_allocations",
            "The statement of a month that is not closed sums to the allocations exactly, per entity and currency.",
            f"select {GRAIN}, sum(amount) as amount from (select * from {{batch}}) as b"
            f" where {IS_OPEN.format('b')} group by {GRAIN}",
            f"select {GRAIN}, sum(amount) as amount from finance.fct_allocations as a"
            f" where {that} and {IS_OPEN.format('a')} group by {GRAIN}",
        ),
        _equal(
            "bridge_has_no_residual",
            "The bridge from management class to US GAAP treatment sums to the statement: its residual is zero.",
            f"select {GRAIN}, sum(amount) as amount from finance.rpt_classification_bridge where {that}"
            f" group by {GRAIN}",
            f"select {GRAIN}, sum(amount) as amount from {{batch}} group by {GRAIN}",
        ),
    ]


def _allocated(that: str) -> list[Rule]:
    """The rules of the charges and allocations that stand behind a statement."""
    return [
        _equal(
            "charges_allocated_whole",
            "What is allocated (the pool included) is what was recognised, per source, account and currency.",
            f"select {BILLED_BY}, sum(recognized_cost) as amount from finance.fct_charges where {that}"
            f" group by {BILLED_BY}",
            f"select {BILLED_BY}, sum(amount) as amount from finance.fct_allocations where {that} group by {BILLED_BY}",
            BILLED_BY,
        ),
        none_of(
            "one_class_each",
            "Every allocation has exactly one management class.",
            "select allocation_id, count(*) as copies, count(mgmt_class) as classes from finance.fct_allocations"
            f" where {that} group by allocation_id having count(*) <> 1 or count(mgmt_class) <> 1",
            ("mgmt_class",),
        ),
    ]


def _reconciled(that: str) -> list[Rule]:
    """The rules of the reconciliation, and how much may be left in the pool before finance is told."""
    return [
        none_of(
            "reconciliation_is_zero",
            "Every source and account reconciles: no difference, and billed is recognised plus not recognised cost.",
            f"select * from finance.rpt_reconciliation where {that} and (difference is distinct from 0"
            " or billed_cost is distinct from recognized_cost + not_recognized)",
            ("difference",),
        ),
        none_of(
            "reconciliation_covers_all",
            "Every source, account and currency with charges of a month that is not closed is in the reconciliation.",
            f"select {BILLED_BY} from finance.fct_charges as c where {that} and {IS_OPEN.format('c')}"
            f" except select {BILLED_BY} from finance.rpt_reconciliation where {that}",
            ("source", "account", "currency"),
        ),
        none_of(
            "pool_is_small",
            "No more than a fifth of a currency's cost is unallocated.",
            "select currency, unallocated, total from (select currency, sum(abs(amount)) as total,"
            " sum(case when cost_center_id = '(unallocated)' then abs(amount) else 0 end) as unallocated"
            " from {batch} group by currency) as sums where unallocated * 5 > total",
            ("cost_center_id", "amount"),
            Words(WARNING),
        ),
    ]


def _equal(name: str, plain: str, one: str, other: str, grain: str = GRAIN) -> Rule:
    """Two sums at the same grain are equal, and neither has a group the other lacks; a sum of nothing is zero."""
    keys = [key.strip() for key in grain.split(",")]
    same = " and ".join(f"one.{key} is not distinct from other.{key}" for key in keys)
    named = ", ".join(f"coalesce(one.{key}, other.{key}) as {key}" for key in keys)
    sql = (
        f"select {named}, one.amount as this_side, other.amount as other_side from ({one}) as one"
        f" full join ({other}) as other on {same} where coalesce(one.amount, 0) <> coalesce(other.amount, 0)"
    )
    return none_of(name, plain, sql, tuple(keys))
