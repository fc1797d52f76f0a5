"""The published journal of one entity and period, as every format takes it: entries, their lines, amounts as Decimal.

Columns of a line and their names are the canonical journal of accounting.md 3.3; all formats derive from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import duckdb

POSTED = "posted"

# Where each column comes from: `p` is fct_postings, `e` is fct_journal_entries.
COLUMNS = {
    "je_id": "p.entry_id",
    "line_no": "p.line_no",
    "book": "p.book",
    "entity": "p.entity_id",
    "period": "p.period",
    "posting_date": "p.posting_date",
    "service_period": "p.service_period",
    "kind": "p.kind",
    "cause": "p.cause",
    "account": "p.account_id",
    "account_name": "p.account_name",
    "debit": "p.debit",
    "credit": "p.credit",
    "currency": "p.currency",
    "func_debit": "p.functional_debit",
    "func_credit": "p.functional_credit",
    "func_currency": "p.functional_currency",
    "fx_rate": "p.fx_rate",
    "cost_centre": "p.cost_center_id",
    "project": "p.project_id",
    "module": "p.module_id",
    "natural_class": "p.natural_class",
    "reversal_of": "p.reversal_of",
    "lineage_id": "p.posting_id",
    "policy_hash": "p.policy_hash",
    "function": "p.function",
    "account_type": "p.account_type",
    "source": "p.source",
    "counterparty_entity": "p.counterparty_entity_id",
    "status": "e.status",
}


@dataclass(frozen=True)
class Line:
    """One side of an entry: exactly one of debit and credit is positive, in `currency`; the same for `func_`."""

    je_id: str
    line_no: int
    book: str
    entity: str
    period: str
    posting_date: date
    service_period: str
    kind: str
    cause: str
    account: str
    account_name: str
    debit: Decimal
    credit: Decimal
    currency: str
    func_debit: Decimal
    func_credit: Decimal
    func_currency: str
    fx_rate: Decimal | None
    cost_centre: str | None
    project: str | None
    module: str | None
    natural_class: str | None
    reversal_of: str | None
    lineage_id: str
    policy_hash: str | None
    function: str | None
    account_type: str
    source: str | None
    counterparty_entity: str | None
    status: str

    @property
    def amount(self) -> Decimal:
        """In `currency`, a debit positive."""
        return self.debit - self.credit

    @property
    def func_amount(self) -> Decimal:
        """In `func_currency`, a debit positive."""
        return self.func_debit - self.func_credit


class Stated(NamedTuple):
    """An entry in one currency: its rows (line, amount; a debit positive, none zero) and the rate to the functional."""

    currency: str
    rate: Decimal | None
    rows: list[tuple[Line, Decimal]]


@dataclass(frozen=True)
class Entry:
    """A journal entry: one entity, book, period, kind and currency; what all lines share is asked of the first."""

    lines: tuple[Line, ...]

    @property
    def head(self) -> Line:
        """The first line, for what all of them share."""
        return self.lines[0]

    @property
    def id(self) -> str:
        """The entry's content-addressed id."""
        return self.head.je_id

    @property
    def posted(self) -> bool:
        """Whether it stands in the ledger; else a later build may change it."""
        return self.head.status == POSTED

    def stated(self, functional: bool = False) -> Stated:
        """The entry in its own currency; in the functional one when asked, or when one rate cannot tell it.

        A remeasurement has no amount in the currency of the bill, and a month at daily rates has many rates.
        """
        one_rate = self.head.fx_rate and {line.fx_rate for line in self.lines} == {self.head.fx_rate}
        told_by_it = one_rate and all(line.amount for line in self.lines)
        if self.head.currency == self.head.func_currency or functional or not told_by_it:
            rows = [(line, line.func_amount) for line in self.lines if line.func_amount]
            return Stated(self.head.func_currency, None, rows)
        return Stated(self.head.currency, self.head.fx_rate, [(line, line.amount) for line in self.lines])


@dataclass(frozen=True)
class Journal:
    """The entries of one entity and posting period, in order of date and id; decimals of each currency in use."""

    period: str
    entity: str
    entries: tuple[Entry, ...]
    minor_units: dict[str, int]

    @property
    def drafts(self) -> int:
        """How many entries are not posted."""
        return sum(not entry.posted for entry in self.entries)

    @property
    def lines(self) -> Iterator[Line]:
        """All lines, entry by entry."""
        return (line for entry in self.entries for line in entry.lines)


def read_journals(
    con: duckdb.DuckDBPyConnection, period: str, entity: str | None, minor_units: dict[str, int]
) -> list[Journal]:
    """The journals of a posting period in the attached database `warehouse`, by entity; none where none is booked."""
    assert list(COLUMNS) == [field.name for field in fields(Line)]
    found = con.execute(
        f"select {', '.join(COLUMNS.values())} "
        "from warehouse.finance.fct_postings as p "
        "inner join warehouse.finance.fct_journal_entries as e using (entry_id) "
        "where p.period = $period and coalesce(p.entity_id = $entity, true) "
        "order by p.entity_id, p.posting_date, p.entry_id, p.line_no",
        {"period": period, "entity": entity},
    ).fetchall()
    lines = [Line(*row) for row in found]
    return [
        Journal(
            period, of, tuple(Entry(tuple(group)) for _, group in groupby(own, lambda line: line.je_id)), minor_units
        )
        for of, own in groupby(lines, lambda line: line.entity)
    ]
