"""Prepaid lots as the SQL macros render them for DuckDB, against days walked one by one in plain Python (INV-18)."""

from datetime import date, timedelta
from decimal import Decimal

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rendered_macros import macros

SQL = macros("largest_remainder", "treasury", "prepaid")
START = date(2026, 9, 1)
Lot = tuple[int, int, int | None]  # held, bought on, expires on: days from the start
Given = list[tuple[int, int, int, int]]  # place, day, before, up to


def drawn(uses: list[int], lots: list[Lot]) -> Given:
    """What each lot gives on each day, by the macro."""
    with duckdb.connect() as con:
        con.execute("create table days (source text, account text, currency text, day date, rest hugeint)")
        con.execute(
            "create table lots (source text, account text, currency text, place integer, held hugeint, "
            "purchased_on date, expires_on date)"
        )
        con.executemany("insert into days values ('s', 'a', 'USD', ?, ?)", [[day_of(n), u] for n, u in enumerate(uses)])
        rows = [[i, held, day_of(a), None if z is None else day_of(z)] for i, (held, a, z) in enumerate(lots, start=1)]
        con.executemany("insert into lots values ('s', 'a', 'USD', ?, ?, ?, ?)", rows)
        found = con.execute(f"select place, day, before, up_to from ({SQL.lots_drawn('days', 'lots')}) order by 1, 2")
        return [(place, (day - START).days, before, up_to) for place, day, before, up_to in found.fetchall()]


def day_of(number: int) -> date:
    """The day that many days after the start."""
    return START + timedelta(days=number)


def walked(uses: list[int], lots: list[Lot]) -> Given:
    """The same by asking each day for the first lot that still holds something."""
    given_up = [0] * len(lots)
    found = []
    for day, use in enumerate(uses):
        for i, (held, bought, expires) in enumerate(lots):
            if bought <= day and (expires is None or day < expires):
                take = min(use, held - given_up[i])
                use -= take
                if take:
                    found.append((i + 1, day, given_up[i], given_up[i] + take))
                    given_up[i] += take
    return sorted(found)


a_lot = st.tuples(st.integers(1, 60), st.integers(0, 12), st.one_of(st.none(), st.integers(0, 14)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 25), min_size=1, max_size=12), st.lists(a_lot, min_size=1, max_size=5))
def test_lot_after_lot_gives_what_day_after_day_gives(uses: list[int], lots: list[Lot]) -> None:
    found = drawn(uses, lots)
    assert found == walked(uses, lots)
    for place, (held, *_) in enumerate(lots, start=1):
        assert max((up_to for p, _, _, up_to in found if p == place), default=0) <= held


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**15), min_size=1, max_size=20))
def test_the_costs_of_draws_telescope_to_the_cost_of_the_lot(cost: int, draws: list[int]) -> None:
    """EX-24: whatever the draws, each cost is within a cent of its share, none is below 0, and all sum to the lot's."""
    sql = SQL.lot_cost("cost", "10000000000", "before", "up_to", "held")
    with duckdb.connect() as con:
        con.execute("create table d (n integer, cost hugeint, before hugeint, up_to hugeint, held hugeint)")
        ends = [sum(draws[: n + 1]) for n in range(len(draws))]
        rows = [[n, cost, end - draws[n], end, sum(draws)] for n, end in enumerate(ends)]
        con.executemany("insert into d values (?, ?, ?, ?, ?)", rows)
        costs = [amount for (amount,) in con.execute(f"select {sql} from d order by n").fetchall()]
    assert sum(costs) == Decimal(cost) / 100
    for amount, draw in zip(costs, draws, strict=True):
        assert amount >= 0
        assert abs(amount * 100 * sum(draws) - Decimal(cost * draw)) <= sum(draws)


def test_free_lots_and_early_ends_come_first_by_their_place() -> None:
    """The order is that of `place`: here a free lot of 10, then one that expires, then one bought later."""
    assert drawn([8, 8, 8, 8], [(10, 0, None), (9, 0, 3), (100, 2, None)]) == [
        (1, 0, 0, 8), (1, 1, 8, 10), (2, 1, 0, 6), (2, 2, 6, 9), (3, 2, 0, 5), (3, 3, 5, 13),
    ]  # fmt: skip
