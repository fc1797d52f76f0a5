"""What no export leaves with: each fault names the entry and what is wrong with it (INV-11, INV-12, INV-21)."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from pipeline.journal_export.journal import Entry, Journal, Line

MANAGEMENT = {"management", "mgmt"}


def faults(journal: Journal) -> list[str]:
    """Everything that makes this journal unfit to be imported anywhere; empty when it is fit."""
    return [
        f"{journal.period} {journal.entity}, entry {entry.id}: {fault}"
        for entry in journal.entries
        for fault in _of(entry, journal.minor_units)
    ]


def _of(entry: Entry, minor_units: dict[str, int]) -> Iterator[str]:
    if entry.head.book.lower() in MANAGEMENT:
        yield "it is of the management book, which no ledger takes (INV-11); export a statutory book"
    if len(entry.lines) < 2:
        yield "it has one line only"
    for line in entry.lines:
        yield from _of_line(line, minor_units)
    sums: tuple[tuple[str, Callable[[Line], str], Callable[[Line], Decimal]], ...] = (
        ("currency", lambda line: line.currency, lambda line: line.amount),
        ("functional currency", lambda line: line.func_currency, lambda line: line.func_amount),
    )
    for what, unit, amount in sums:
        for code in sorted({unit(line) for line in entry.lines}):
            rest = sum((amount(line) for line in entry.lines if unit(line) == code), Decimal(0))
            if rest:
                yield f"debits and credits differ by {rest} {code} ({what}); the books are damaged, build them again"


def _of_line(line: Line, minor_units: dict[str, int]) -> Iterator[str]:
    sides = ((line.debit, line.credit, line.currency), (line.func_debit, line.func_credit, line.func_currency))
    for debit, credit, currency in sides:
        if currency not in minor_units:
            yield f"line {line.line_no}: {currency} is no currency of ISO 4217"
        elif any(side < 0 or side != round(side, minor_units[currency]) for side in (debit, credit)):
            yield f"line {line.line_no}: {debit} / {credit} is no amount of {currency}"
        if debit and credit:
            yield f"line {line.line_no}: it has a debit and a credit"
    if not (line.amount or line.func_amount):
        yield f"line {line.line_no}: it has no amount"
