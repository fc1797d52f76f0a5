"""Amounts are shown exactly, and cents are handed out so that what is shown sums to what was posted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.statement.money import apportion, compact, exact, money, percent, share, to_unit, unit

AMOUNTS = st.lists(st.decimals(-(10**9), 10**9, places=12, allow_nan=False), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234567.5", "USD", "1,234,567.50"),
        ("-1234.505", "USD", "(1,234.51)"),
        ("1234.505", "USD", "1,234.51"),
        ("0", "USD", "0.00"),
        ("-0.004", "USD", "0.00"),
        ("1234.5", "JPY", "1,235"),
        ("-7", "JPY", "(7)"),
        ("1.2345", "KWD", "1.235"),
        ("12345678901234567890.12", "USD", "12,345,678,901,234,567,890.12"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: str, currency: str, text: str) -> None:
    """Thousands separators, negative in parentheses, no digit lost in large amounts, no minus before nothing."""
    assert money(Decimal(amount), currency) == text


def test_a_difference_shows_every_digit_that_counts() -> None:
    """A picodollar of difference is not rounded away; no difference is plain 0.00."""
    assert exact(Decimal("0.000000000001"), "USD") == "0.000000000001"
    assert exact(Decimal("0E-12"), "USD") == "0.00"


def test_shares_and_labels() -> None:
    """A share of nothing is a dash; labels of plots are short."""
    assert percent(share(Decimal("1"), Decimal("8"))).replace("\xa0", " ") == "12.5 %"
    assert percent(Decimal("-0.031")).replace("\xa0", " ") == "(3.1 %)"
    assert percent(share(Decimal(1), Decimal(0))) == "–"
    assert [compact(Decimal(n)) for n in ("84.92", "602246.57", "-1047392")] == ["85", "602.2K", "(1.05M)"]


@given(AMOUNTS, st.sampled_from(["USD", "JPY", "KWD"]))
def test_apportioned_amounts_sum_and_stay_near(amounts: list[Decimal], currency: str) -> None:
    """Whole units that sum to the rounded total, none further than one unit from its exact amount."""
    total = to_unit(sum(amounts, Decimal(0)), currency)
    shown = apportion(amounts, total, unit(currency))
    assert sum(shown) == total
    for amount, given_out in zip(amounts, shown, strict=True):
        assert given_out == to_unit(given_out, currency)
        assert abs(amount - given_out) <= unit(currency)


def test_the_largest_remainder_takes_the_cent_and_ties_go_to_the_first() -> None:
    """100.01 over three equal slices: the first gets the odd cent, and taking one away takes it from the smallest."""
    third = Decimal("33.336666666667")
    assert apportion([third] * 3, Decimal("100.01"), Decimal("0.01")) == [
        Decimal(x) for x in ("33.34", "33.34", "33.33")
    ]
    taken = apportion([Decimal("1.009"), Decimal("1.001")], Decimal("1.99"), Decimal("0.01"))
    assert taken == [Decimal("1.00"), Decimal("0.99")]
