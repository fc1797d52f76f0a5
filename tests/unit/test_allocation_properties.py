"""INV-03 to INV-07 for any amounts and weights, through the macros that the models use, in DuckDB; a fault for each.

A fault is a change to the text of a macro (or to the order of rows) under which the invariant must be seen to break.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tests.rendered_macros import macros

CENT = 10**10
Faults = tuple[tuple[str, str], ...]
Shares = dict[tuple[str, str], tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class Case:
    """A charge, the weights of its owners, and of each owner's centres; ids are letters in the order given."""

    amount: Decimal
    owners: tuple[int, ...]
    centres: tuple[tuple[int, ...], ...]

    def rows(self) -> list[tuple[str, int, str, int]]:
        """(owner, weight, centre, weight) of whatever weighs something."""
        return [
            (chr(97 + i), owner, chr(65 + j), centre)
            for i, (owner, centres) in enumerate(zip(self.owners, self.centres, strict=True))
            for j, centre in enumerate(centres)
            if owner and centre
        ]


WEIGHT = st.one_of(st.integers(0, 9), st.integers(0, 10**15))
WEIGHTS = st.lists(WEIGHT, min_size=1, max_size=5).filter(any).map(tuple)
MONEY = st.one_of(
    st.decimals(min_value=-1, max_value=1, places=2, allow_nan=False),
    st.decimals(min_value=-(10**7), max_value=10**7, places=12, allow_nan=False),
)


@st.composite
def cases(draw: Callable[..., Any]) -> Case:
    """Any amount of either sign, owners and centres with weights from 0 to 10^15."""
    owners = draw(WEIGHTS)
    return Case(draw(MONEY), owners, tuple(draw(WEIGHTS) for _ in owners))


CON = duckdb.connect(config={"threads": 1})


@cache
def split_sql(order: str, faults: Faults) -> str:
    """Amount and ratio of every (owner, centre): running weights in order of id, then the macros, as the models do."""
    of = macros("split", faults=faults)
    split = str(of.split_amount(of.split_amount("{}", "ob", "ou", "ot"), "cb", "cu", "ct"))
    return f"""
        with owners as (
            select owner, sum(w) over (order by {order} rows unbounded preceding) - w as ob,
                sum(w) over (order by {order} rows unbounded preceding) as ou, sum(w) over () as ot
            from (select owner, any_value(w) as w, min(n) as n from weights group by owner)
        ), centres as (
            select owner, centre, sum(v) over (partition by owner order by centre rows unbounded preceding) - v as cb,
                sum(v) over (partition by owner order by centre rows unbounded preceding) as cu,
                sum(v) over (partition by owner) as ct
            from weights
        )
        select owner, centre, {split.replace("{}", "cast($amount as decimal(38, 12))")},
            cast({split.replace("{}", "1")} as decimal(13, 12))
        from owners inner join centres using (owner)
    """


@cache
def rounding_sql(faults: Faults) -> str:
    unit = f"cast({CENT} as hugeint)"
    of = macros("largest_remainder", faults=faults)
    return f"select line, rounded_units from ({of.largest_remainder('lines', ['grp'], 'line', 'amount', unit)})"


def allocate(
    case: Case, rows: list[tuple[str, int, str, int]], order: str = "owner", *faults: tuple[str, str]
) -> Shares:
    """Amount and ratio of every (owner, centre) of a charge, the rows being given in any order."""
    values = ", ".join(f"({n}, '{o}', {w}::hugeint, '{c}', {v}::hugeint)" for n, (o, w, c, v) in enumerate(rows))
    CON.execute(f"create or replace temp table weights as from (values {values}) as t (n, owner, w, centre, v)")
    found = CON.execute(split_sql(order, faults), {"amount": case.amount}).fetchall()
    return {(owner, centre): (amount, ratio) for owner, centre, amount, ratio in found}


def journal(amounts: list[tuple[str, Decimal]], *faults: tuple[str, str]) -> dict[str, int]:
    """Cents per line after rounding once by largest remainder, the lines being given in any order."""
    values = ", ".join(f"(1, '{line}', cast('{amount}' as decimal(38, 12)))" for line, amount in amounts)
    CON.execute(f"create or replace temp table lines as from (values {values}) as t (grp, line, amount)")
    return {line: int(units) for line, units in CON.execute(rounding_sql(faults)).fetchall()}


def lines(case: Case, *faults: tuple[str, str]) -> list[tuple[str, Decimal]]:
    return [("".join(key), amount) for key, (amount, _) in allocate(case, case.rows(), "owner", *faults).items()]


def conserved(case: Case, *faults: tuple[str, str]) -> bool:
    """INV-03: the shares of a charge sum to its amount, exactly."""
    return sum(amount for amount, _ in allocate(case, case.rows(), "owner", *faults).values()) == case.amount


def posted_whole(case: Case, *faults: tuple[str, str]) -> bool:
    """INV-04: the lines of the journal sum to the rounded whole, each within a cent of what it is."""
    exact = lines(case)
    units = journal(exact, *faults)
    whole = int((case.amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return sum(units.values()) == whole and all(abs(units[line] - amount * 100) < 1 for line, amount in exact)


def ratios_whole(case: Case, *faults: tuple[str, str]) -> bool:
    """INV-05: ratios are not below 0 and sum to 1 at scale 12."""
    ratios = [ratio for _, ratio in allocate(case, case.rows(), "owner", *faults).values()]
    return min(ratios) >= 0 and sum(ratios) == 1


def order_free(case: Case, order: str = "owner") -> bool:
    """INV-06: rows in another order give the same shares, and the same cents."""
    rows = case.rows()
    one, other = allocate(case, rows, order), allocate(case, rows[::-1], order)
    exact = lines(case)
    return one == other and journal(exact) == journal(exact[::-1])


def mirrored(case: Case, *faults: tuple[str, str]) -> bool:
    """INV-07: a credit of the same size gives the same shares and the same cents, negated."""
    credit = Case(-case.amount, case.owners, case.centres)
    shares, mirror = allocate(case, case.rows()), allocate(credit, credit.rows())
    cents, mirrored_cents = journal(lines(case), *faults), journal(lines(credit), *faults)
    return all(mirror[key][0] == -amount for key, (amount, _) in shares.items()) and all(
        mirrored_cents[line] == -units for line, units in cents.items()
    )


INVARIANTS = {
    "INV-03": conserved,
    "INV-04": posted_whole,
    "INV-05": ratios_whole,
    "INV-06": order_free,
    "INV-07": mirrored,
}
# Each share rounded up by itself; what is left over given to nobody; the sign left on while rounding.
EACH_BY_ITSELF = (
    "- {{ whole_quotient(units ~ ' * ' ~ before ~ ' + (' ~ total ~ ' - 1)', total) }}",
    "- {{ whole_quotient(units ~ ' * ' ~ before, total) }}",
)
NOBODYS_CENT = ("case when remainder_rank <= left_over then 1 else 0 end", "0")
SIGN_LEFT_ON = ("case when coalesce(nullif(group_picos, 0), first_picos, 0) < 0 then -1 else 1 end", "1")
FAULTS: dict[str, tuple[Any, ...]] = {
    "INV-03": (EACH_BY_ITSELF,),
    "INV-04": (NOBODYS_CENT,),
    "INV-05": (EACH_BY_ITSELF,),
    "INV-06": ("n",),
    "INV-07": (SIGN_LEFT_ON,),
}


@pytest.mark.parametrize("name", INVARIANTS)
def test_invariant_holds_for_any_amounts_and_weights(name: str) -> None:
    holds = INVARIANTS[name]

    @settings(max_examples=40, deadline=None)
    @given(case=cases())
    def prove(case: Case) -> None:
        assert holds(case)

    prove()


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_fault_is_seen(name: str) -> None:
    """Under one deliberate fault there is a charge for which the invariant breaks: find raises when there is none."""
    holds: Callable[..., bool] = INVARIANTS[name]
    fast = settings(max_examples=400, deadline=None, database=None, phases=[Phase.generate])
    broken = find(cases(), lambda case: not holds(case, *FAULTS[name]), settings=fast)
    assert holds(broken), "without the fault the same charge is well"
