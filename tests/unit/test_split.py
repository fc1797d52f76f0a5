"""The two ways of dividing money, as the SQL macros render them for DuckDB, against a small reference in Python.

Reference: accounting.md section 4.3 and its worked examples EX-01 to EX-08, EX-15 and EX-26.
"""

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rendered_macros import macros

SQL = macros("split", "largest_remainder")
PICO = 10**12


def largest_remainder(groups: list[list[Decimal]], digits: int = 2) -> list[list[int]]:
    """The macro's minor units for each group of amounts, in the order the amounts were given."""
    sql = str(SQL.largest_remainder("lines", ["grp"], "line", "amount", f"cast({10 ** (12 - digits)} as hugeint)"))
    with duckdb.connect() as con:
        con.execute("create table lines (grp integer, line varchar, amount decimal(38, 12))")
        rows = [(g, f"{i:06d}", a) for g, group in enumerate(groups) for i, a in enumerate(group)]
        con.executemany("insert into lines values (?, ?, ?)", rows)
        found = con.execute(f"select grp, line, rounded_units from ({sql}) order by grp, line").fetchall()
    answer: list[list[int]] = [[] for _ in groups]
    for g, _, units in found:
        answer[g].append(int(units))
    return answer


def reference_units(amounts: list[Decimal], digits: int = 2) -> list[int]:
    """Largest remainder in plain Python: floor, remainders descending, ties by position, the group's sign last."""
    scaled = [int(amount * PICO) for amount in amounts]
    unit = 10 ** (12 - digits)
    first = next((value for value in scaled if value), 0)
    sign = -1 if (sum(scaled) or first) < 0 else 1
    scaled = [sign * value for value in scaled]
    whole = int((Decimal(sum(scaled)) / unit).quantize(Decimal(1), ROUND_HALF_UP))
    floors = [value // unit for value in scaled]
    order = sorted(range(len(scaled)), key=lambda i: (-(scaled[i] % unit), i))
    for i in order[: whole - sum(floors)]:
        floors[i] += 1
    return [sign * units for units in floors]


def split(amount: Decimal, weights: list[int]) -> list[Decimal]:
    """The macro's exact shares of an amount."""
    sql = str(SQL.split_amount("amount", "before", "up_to", "total"))
    with duckdb.connect() as con:
        con.execute("create table s (i integer, amount decimal(38, 12), before hugeint, up_to hugeint, total hugeint)")
        running = 0
        for i, weight in enumerate(weights):
            row = [i, amount, running, running + weight, sum(weights)]
            con.execute("insert into s values (?, ?, ?, ?, ?)", row)
            running += weight
        return [share for (share,) in con.execute(f"select {sql} from s order by i").fetchall()]


def reference_split(amount: Decimal, weights: list[int]) -> list[Decimal]:
    """Telescoping shares in whole picos, rounded up so that the first ids bear the more."""
    picos, total, running, shares = int(abs(amount) * PICO), sum(weights), 0, []
    for weight in weights:
        before, running = running, running + weight
        share = -(-picos * running // total) - -(-picos * before // total)
        shares.append(Decimal(share).scaleb(-12).copy_sign(amount) if amount else Decimal(0))
    return shares


def proportional(total: str, weights: list[str]) -> list[Decimal]:
    """Exact shares of a total by weights: what reaches the journal before it is rounded."""
    digits = max(-int(Decimal(w).as_tuple().exponent) for w in weights)
    return split(Decimal(total), [int(Decimal(w).scaleb(digits)) for w in weights])


@pytest.mark.parametrize(
    ("total", "weights", "cents"),
    [
        pytest.param("100.00", ["1", "1", "1"], [3334, 3333, 3333], id="EX-01"),
        pytest.param("1000.00", ["17", "9", "5", "3"], [50000, 26471, 14706, 8823], id="EX-02"),
        pytest.param("2500.00", ["8412.37", "3190.05", "640.58"], [171779, 65140, 13081], id="EX-03"),
        pytest.param("-1000.00", ["17", "9", "5", "3"], [-50000, -26471, -14706, -8823], id="EX-04"),
        pytest.param("182.25", ["98", "2"], [17861, 364], id="EX-05a"),
        pytest.param("785.08", ["33.33", "33.33", "33.34"], [26167, 26167, 26174], id="EX-05b"),
        pytest.param("0.05", ["70", "30"], [4, 1], id="EX-06 70/30"),
        pytest.param("0.05", ["30", "70"], [2, 3], id="EX-06 30/70"),
        pytest.param("8.00", ["1", "1", "1"], [267, 267, 266], id="EX-06 thirds"),
        pytest.param("0.10", ["6", "6", "2"], [4, 4, 2], id="EX-08a"),
        pytest.param("0.11", ["6", "6", "2"], [5, 5, 1], id="EX-08a one cent more"),
        pytest.param("100.01", ["1", "1", "1"], [3334, 3334, 3333], id="EX-08b"),
        pytest.param("199.00", ["10", "20"], [6633, 13267], id="EX-15 seat"),
        pytest.param("100.01", ["60", "40"], [6001, 4000], id="EX-15 dual"),
    ],
)
def test_worked_examples_to_the_cent(total: str, weights: list[str], cents: list[int]) -> None:
    exact = proportional(total, weights)
    assert sum(exact) == Decimal(total)
    assert largest_remainder([exact]) == [cents]


def test_currency_without_decimals() -> None:
    assert largest_remainder([proportional("100001", ["1", "1", "1"])], digits=0) == [[33334, 33334, 33333]]


def test_ratio_of_thirds_sums_to_one() -> None:
    third = Decimal("0.333333333333")
    assert split(Decimal(1), [1, 1, 1]) == [third + Decimal("1e-12"), third, third]  # EX-07


def test_transfer_in_mid_month_follows_the_service_date() -> None:
    days = [Decimal(day) for day in ("212.4038", "318.1177", "402.8890", "150.0021")]
    assert largest_remainder([[sum(days[:2], Decimal(0)), sum(days[2:], Decimal(0))]]) == [[53052, 55289]]  # EX-15


def test_rounding_once_keeps_what_rounding_each_row_loses() -> None:
    rows = [Decimal(row) for row in ("0.004", "0.004", "0.004", "1.255", "2.3349")]
    assert sum(largest_remainder([rows])[0]) == 360  # EX-26: rounding every row first would give 3.59


MONEY = st.decimals(min_value=-(10**9), max_value=10**9, places=12, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(
    groups=st.lists(st.lists(MONEY, min_size=1, max_size=8), min_size=1, max_size=30), digits=st.sampled_from([0, 2, 3])
)
def test_largest_remainder_agrees_with_the_reference(groups: list[list[Decimal]], digits: int) -> None:
    found = largest_remainder(groups, digits)
    assert found == [reference_units(group, digits) for group in groups]
    assert found == [[-u for u in group] for group in largest_remainder([[-a for a in g] for g in groups], digits)]
    unit = Decimal(1).scaleb(-digits)
    for amounts, units in zip(groups, found, strict=True):
        assert all(abs(u * unit - a) < unit for u, a in zip(units, amounts, strict=True))
        assert sum(units) == int((sum(amounts) / unit).quantize(Decimal(1), ROUND_HALF_UP))


@settings(max_examples=60, deadline=None)
@given(amount=MONEY, weights=st.lists(st.integers(0, 10**13), min_size=1, max_size=12).filter(any))
def test_split_conserves_every_pico(amount: Decimal, weights: list[int]) -> None:
    shares = split(amount, weights)
    assert shares == reference_split(amount, weights)
    assert sum(shares) == amount
    assert split(-amount, weights) == [-share for share in shares]
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


def test_the_largest_split_that_a_month_may_need_fits() -> None:
    """USD 10 million over 10^13 tokens, and over USD 1 billion of use in nano-units, stay exact."""
    for total in (10**13, 10**18):
        shares = split(Decimal(10**7), [total // 3, total - total // 3])
        assert sum(shares) == 10**7
