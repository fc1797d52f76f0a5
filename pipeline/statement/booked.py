"""What a month's journal books, in parts that sum to it; and a closed month as reported and as restated."""

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from pipeline.statement.block import ZERO, total
from pipeline.statement.queries import QUERIES, Row, StatementError, ask

PARTS = ("attributed", "pool", "adjusted")
STATES = ("posted", "draft")
VIEWS = ("reported", "adjusted", "restated")


@dataclass(frozen=True)
class Booked:
    """The cost that one period, entity and currency books. All amounts in that currency, debit positive.

    `adjustments` are corrections of earlier months that fall into this one; `restated` has a row per cost centre or
    project of this month once it is closed, and is empty before.
    """

    attributed: Decimal = ZERO
    pool: Decimal = ZERO
    adjusted: Decimal = ZERO
    posted: Decimal = ZERO
    draft: Decimal = ZERO
    total: Decimal = ZERO
    adjustments: tuple[Row, ...] = ()
    restated: tuple[Row, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether a closed month has been corrected since."""
        return any(row["adjusted"] for row in self.restated)


def read_booked(con: duckdb.DuckDBPyConnection, period: str, entity_id: str, currency: str) -> Booked:
    """What the journal of a period books. Raises StatementError when its parts, or the two views, do not sum."""
    key = {"period": period, "entity_id": entity_id, "currency": currency}
    where = f"{period} {entity_id} {currency}"
    amounts = dict.fromkeys((*PARTS, *STATES, "total"), ZERO)
    for row in ask(con, QUERIES["booked"], **key):
        amounts = {name: row[name] for name in amounts}
    adjustments, restated = (tuple(ask(con, QUERIES[name], **key)) for name in ("adjustments", "restated"))
    booked = Booked(**amounts, adjustments=adjustments, restated=restated)
    sums = {
        "attributed, pool and adjustments": sum((amounts[name] for name in PARTS), ZERO),
        "posted and draft": booked.posted + booked.draft,
    }
    for what, amount in sums.items():
        if amount != booked.total:
            raise StatementError(f"{where}: {what} sum to {amount:,f}, the journal to {booked.total:,f}")
    if total(adjustments) != booked.adjusted:
        raise StatementError(f"{where}: adjustments sum to {total(adjustments):,f}, not to {booked.adjusted:,f}")
    reported, since, after = (total(restated, name) for name in VIEWS)
    if reported + since != after:
        raise StatementError(f"{where}: reported {reported:,f} and adjusted {since:,f} do not make {after:,f}")
    return booked
