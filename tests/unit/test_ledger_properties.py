"""INV-12 to INV-15 for any cost, restated again and again while one month after the other is closed; a fault for each.

The macros and models that dbt runs, in DuckDB. A fault is a change to their text under which the invariant breaks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tests.rendered_macros import VARS, macros, model

MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
ENTITIES = ("IE01", "US01")
COSTS = ("6100", "6110", "1610")
Faults = Sequence[tuple[str, str]]
# Cents of each cost account by entity and month, and the same in the entity's own currency.
Cents = st.integers(-(10**9), 10**9)
Bill = dict[tuple[str, str, str], tuple[int, int]]


@st.composite
def bills(draw: Callable[..., Any]) -> Bill:
    """What is due of each entity and month; an account may have no cost."""
    keys = st.tuples(st.sampled_from(ENTITIES), st.sampled_from(MONTHS[:3]), st.sampled_from(COSTS))
    found = draw(st.dictionaries(keys, st.tuples(Cents, Cents), max_size=9))
    return {key: (amount, own if amount else 0) for key, (amount, own) in found.items()}


# One state of the bill before each month is closed, and one after the last.
HISTORIES = st.lists(bills(), min_size=len(MONTHS), max_size=len(MONTHS))


@dataclass
class Ledger:
    """Due and posted lines in DuckDB; closing a month posts its drafts."""

    faults: Faults = ()
    reversal_faults: Faults = ()
    closed: list[str] = field(default_factory=list)
    con: duckdb.DuckDBPyConnection = field(default_factory=lambda: duckdb.connect(config={"threads": 1}))

    def __post_init__(self) -> None:
        library = macros("keys", "journal_lines", "difference", faults=self.faults)
        self.drafted = f"with differences as ({library.difference('due', 'told')}) select * from differences"
        for table, shape in {"due": "due_columns", "told": "booked_columns"}.items():
            columns = ", ".join(f"{name} {kind.replace('string', 'varchar')}" for name, kind in VARS[shape].items())
            self.con.execute(f"create table {table} ({columns})")
        self.con.execute("create table placed (entity_id varchar, service_period varchar, posting_period varchar)")
        self.con.execute("create table causes (service_period varchar, source varchar, account varchar, cause varchar)")
        self.con.execute("create table build_periods (period varchar, start_date date, end_date date)")
        self.con.execute("create table settings as select 'auto_reverse' as accruals")
        for month in MONTHS:
            start = f"date '{month}-01'"
            self.con.execute(f"insert into build_periods values ('{month}', {start}, {start} + interval 1 month)")

    def state(self, bill: Bill) -> None:
        """What the bill says now."""
        self.con.execute("delete from due")
        for entity in ENTITIES:
            for month in MONTHS:
                lines = [(a, *bill[entity, month, a]) for a in COSTS if (entity, month, a) in bill]
                lines.append(("2110", -sum(line[1] for line in lines), -sum(line[2] for line in lines)))
                for account, amount, own in lines:
                    if amount or own:
                        self._due(entity, month, account, amount, own)

    def _due(self, entity: str, month: str, account: str, amount: int, own: int) -> None:
        line = {"origin_entity_id": entity, "entity_id": entity, "period": month, "event": "accrual", "currency": "USD"}
        line |= {"account_id": account, "source": "bills", "account": "acme", "functional_currency": "EUR"}
        line |= {"posting_date": f"{month}-28", "cause": "period_end"}
        names = [*line, "amount", "functional_amount"]
        marks = ", ".join("?" for _ in line)
        values = f"{marks}, {amount} * 0.01, {own} * 0.01"
        self.con.execute(f"insert into due ({', '.join(names)}) values ({values})", list(line.values()))

    def drafts(self, columns: str = "*", rest: str = "") -> list[tuple[Any, ...]]:
        """What is to be booked so that the ledger says what is due."""
        return self.con.execute(f"select {columns} from ({self.drafted}) as drafts {rest}").fetchall()

    def close(self, month: str) -> None:
        """Post the month's drafts; from now on what is found for it belongs to the next."""
        booked = ", ".join(VARS["booked_columns"])
        numbered = booked.replace("posting_id", "concat(period, ':', row_number() over ()) as posting_id")
        rows = f"select {numbered} from ({self.drafted}) as drafts where period = '{month}'"
        self.con.execute(f"insert into told ({booked}) {rows}")
        self.closed.append(month)
        self.con.execute("delete from placed")
        following = MONTHS[len(self.closed)]
        for entity in ENTITIES:
            for service in MONTHS:
                posting = following if service in self.closed else service
                self.con.execute("insert into placed values (?, ?, ?)", [entity, service, posting])

    def reversals(self) -> list[tuple[Any, ...]]:
        """(reversed posting, account, amount, own amount) of what `accruals: auto_reverse` takes back."""
        query = model("int_lines_reversed", "keys", "journal_lines", faults=self.reversal_faults)
        tables = {"int_lines_posted": "told", "int_periods_placed": "placed", "stg_build_periods": "build_periods"}
        for name, table in {**tables, "stg_settings": "settings"}.items():
            self.con.execute(f"create or replace view {name} as from {table}")
        found = self.con.execute(f"select reversal_of, account_id, amount, functional_amount from ({query})").fetchall()
        return sorted(found)


def walked(history: list[Bill], ledger: Ledger, holds: Callable[[Ledger], bool]) -> bool:
    """Whether something holds at every step: the bill is restated, a month is closed, and so on."""
    for bill, month in zip(history, (*MONTHS[:-1], None), strict=True):
        ledger.state(bill)
        if not holds(ledger):
            return False
        if month:
            ledger.close(month)
    return True


def entries_balance(ledger: Ledger) -> bool:
    """INV-12: every entry balances in both currencies and has two legs or more, none of nothing."""
    entry = "entity_id, period, service_period, kind, event, currency, functional_currency"
    sums = ledger.drafts("sum(amount), sum(functional_amount), count(*)", f"group by {entry}")
    legs = ledger.drafts("amount, functional_amount")
    balanced = all(amount == own == 0 and lines >= 2 for amount, own, lines in sums)
    return balanced and all(amount or own for amount, own in legs)


def closed_months_stay(ledger: Ledger) -> bool:
    """INV-13: nothing is booked in, or dated into, a closed month."""
    booked = ledger.drafts("period, posting_date")
    return all(period not in ledger.closed and str(day)[:7] not in ledger.closed for period, day in booked)


def reversals_negate(ledger: Ledger) -> bool:
    """INV-14: each accrual of the month closed last is taken back, once and exactly."""
    if not ledger.closed:
        return ledger.reversals() == []
    last = ledger.closed[-1]
    posted = ledger.con.execute(
        "select posting_id, account_id, -amount, -functional_amount from told where period = ? and kind = 'accrual' "
        "and posting_date = (select end_date - 1 from build_periods where period = ?)",
        [last, last],
    ).fetchall()
    return ledger.reversals() == sorted(posted)


def posted_and_drafted_is_due(ledger: Ledger) -> bool:
    """INV-15: of every service period, what was posted and what is drafted is what is due now, account by account."""
    key = "entity_id, {0} as service_period, account_id, sum(amount), sum(functional_amount)"
    grouped = "group by all having sum(amount) <> 0 or sum(functional_amount) <> 0"
    due = ledger.con.execute(f"select {key.format('period')} from due {grouped} order by all").fetchall()
    all_lines = (
        f"select entity_id, service_period, account_id, amount, functional_amount from ({ledger.drafted}) union all "
        "select entity_id, service_period, account_id, amount, functional_amount from told"
    )
    said = ledger.con.execute(f"select {key.format('service_period')} from ({all_lines}) {grouped} order by all")
    return said.fetchall() == due


INVARIANTS = {
    "INV-12": entries_balance,
    "INV-13": closed_months_stay,
    "INV-14": reversals_negate,
    "INV-15": posted_and_drafted_is_due,
}
# Only debits are booked; a closed month takes its own corrections; a reversal keeps the sign; what is posted is added.
FAULTS: dict[str, dict[str, Faults]] = {
    "INV-12": {"faults": [("having sum(amount) <> 0 or sum(functional_amount) <> 0", "having sum(amount) > 0")]},
    "INV-13": {"faults": [("coalesce(placed.posting_period, {{ side }}", "coalesce(null, {{ side }}")]},
    "INV-14": {"reversal_faults": [("'-posted.functional_amount'", "'posted.functional_amount'")]},
    "INV-15": {"faults": [("{{ sign }}{{ side }}.amount as amount", "{{ side }}.amount as amount")]},
}


@pytest.mark.parametrize("name", INVARIANTS)
def test_invariant_holds_however_the_bill_is_restated(name: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(history=HISTORIES)
    def prove(history: list[Bill]) -> None:
        assert walked(history, Ledger(), INVARIANTS[name])

    prove()


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_fault_is_seen(name: str) -> None:
    """Under one deliberate fault there is a history that breaks the invariant: find raises when there is none."""
    fast = settings(max_examples=100, deadline=None, database=None, phases=[Phase.generate])
    broken = find(
        HISTORIES, lambda history: not walked(history, Ledger(**FAULTS[name]), INVARIANTS[name]), settings=fast
    )
    assert walked(broken, Ledger(), INVARIANTS[name]), "without the fault the same history is well"
