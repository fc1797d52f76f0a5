"""Amounts as finance reads them: from Decimal, with the currency's own number of decimals, negative in parentheses."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from babel.numbers import format_compact_decimal, format_decimal, format_percent, get_currency_precision

LOCALE = "en_US"


def unit(currency: str) -> Decimal:
    """The smallest amount that can be posted in `currency`: 0.01 for USD, 1 for JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def to_unit(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half away from zero to what can be posted; the same rule for a cost and for its credit."""
    rounded = amount.quantize(unit(currency), ROUND_HALF_UP)
    return rounded or abs(rounded)  # there is no minus nothing


def money(amount: Decimal, currency: str) -> str:
    """`1,234.50`, `(1,234.50)` when negative; no currency sign, since the table's head states the currency."""
    decimals = "0" * get_currency_precision(currency)
    pattern = f"#,##0.{decimals}" if decimals else "#,##0"
    return format_decimal(to_unit(amount, currency), format=f"{pattern};({pattern})", locale=LOCALE)


def exact(amount: Decimal, currency: str) -> str:
    """All digits that count, at least the currency's own: for a difference that must be nothing."""
    return f"{amount.normalize():,f}" if amount != to_unit(amount, currency) else money(amount, currency)


def count(number: int) -> str:
    """`48,211`: rows and days."""
    return format_decimal(number, format="#,##0", locale=LOCALE)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """`part` of `whole`, or None when there is no whole to be a part of."""
    return part / whole if whole else None


def percent(ratio: Decimal | None) -> str:
    """`12.3 %`, `(12.3 %)` when negative, a dash when there is nothing to compare with."""
    return "–" if ratio is None else format_percent(ratio, format="#,##0.0\u00a0%;(#,##0.0\u00a0%)", locale=LOCALE)


def compact(amount: Decimal) -> str:
    """`1.2M`: a label inside a plot, never a figure of the books."""
    size = abs(amount)
    digits = 0 if size < 1000 else 1 if size < 1_000_000 else 2
    size = size.quantize(Decimal(1), ROUND_HALF_UP) if not digits else size
    text = format_compact_decimal(size, fraction_digits=digits, locale=LOCALE)
    return f"({text})" if amount < 0 else text


def apportion(amounts: Sequence[Decimal], total: Decimal, smallest: Decimal) -> list[Decimal]:
    """`amounts` in whole units of `smallest` that sum to `total`: the largest remainders take what rounding leaves.

    The ledger rounds once, in the journal; a table of exact slices is shown so that it sums to what was posted.
    Ties go to the earlier amount, so the order of `amounts` must be fixed by the caller.
    """
    if not amounts:
        return []
    floors = [(amount / smallest).quantize(Decimal(1), ROUND_FLOOR) for amount in amounts]
    left = int(total / smallest - sum(floors, Decimal(0)))
    order = sorted(range(len(amounts)), key=lambda i: floors[i] - amounts[i] / smallest, reverse=left < 0)
    for turn in range(abs(left)):
        floors[order[turn % len(amounts)]] += 1 if left > 0 else -1
    return [count * smallest for count in floors]
