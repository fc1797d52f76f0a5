"""The figures of one statement: one period, entity and currency. Page and terminal both draw from a `Block`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.statement.labels import POOL
from pipeline.statement.money import share, unit
from pipeline.statement.queries import Row

if TYPE_CHECKING:
    from pipeline.statement.booked import Booked

ZERO = Decimal(0)
POOL_LIMIT = Decimal("0.05")  # a pool above this share of the cost is shown as a warning


@dataclass(frozen=True)
class Block:
    """Everything a statement says of one (period, entity, currency). Amounts are posted ones, in `currency`."""

    period: str
    entity_id: str
    entity_name: str
    currency: str
    total: Decimal  # what the journal charged as cost; every table sums to it
    months: list[Row]  # newest first: period, amount
    slices: list[Row]  # rpt_cost_statement summed over what the page does not show
    pool: list[Row]
    reconciliation: list[Row]
    entries: list[Row]
    journal: list[Row]
    trial_balance: list[Row]
    bridge: list[Row]
    methods: list[Row]
    charged_from_others: list[Row]
    loads: list[Row]
    expected: list[Row]  # what use should cost beside the bill; no posted amounts, and nothing sums to it
    booked: "Booked"

    @cached_property
    def pooled(self) -> Decimal:
        """What no person and no centre bears yet."""
        return total(row for row in self.slices if row["cost_center_id"] == POOL)

    @property
    def allocated(self) -> Decimal:
        """What people and centres bear."""
        return self.total - self.pooled

    @property
    def allocated_share(self) -> Decimal | None:
        """What people and centres bear as part of the cost."""
        return share(self.allocated, self.total)

    @property
    def pool_share(self) -> Decimal | None:
        """The pool as part of the cost."""
        return share(self.pooled, self.total)

    @property
    def pool_is_large(self) -> bool:
        """Whether the pool needs somebody's attention before the month is closed."""
        return self.pool_share is not None and abs(self.pool_share) > POOL_LIMIT

    @property
    def billed(self) -> Decimal:
        """What the providers billed for the month, by account and rounded as an invoice is."""
        return total(self.reconciliation, "billed")

    @property
    def not_recognized(self) -> Decimal:
        """What was billed and is not cost of the month: prepaid credit, unused commitment."""
        return total(self.reconciliation, "not_recognized")

    @property
    def recognized(self) -> Decimal:
        """Billed less not recognised."""
        return total(self.reconciliation, "recognized")

    @property
    def charged_out(self) -> Decimal:
        """What other entities bear of the accounts this one pays."""
        return total(self.reconciliation, "elsewhere")

    @property
    def charged_in(self) -> Decimal:
        """What this entity bears of accounts that others pay."""
        return total(self.charged_from_others)

    @property
    def reconciled(self) -> Decimal:
        """The cost of the entity as the reconciliation of the accounts has it."""
        return total(self.reconciliation, "posted") - self.charged_out + self.charged_in

    @property
    def before(self) -> Row | None:
        """The month before, when these books have it."""
        return next((row for row in self.months if row["period"] == month_before(self.period)), None)

    @property
    def change(self) -> Decimal | None:
        """The cost less that of the month before."""
        return self.total - self.before["amount"] if self.before else None

    @property
    def change_share(self) -> Decimal | None:
        """The change as part of the month before."""
        return share(self.total - self.before["amount"], self.before["amount"]) if self.before else None

    @property
    def as_of(self) -> str | None:
        """The newest state of an export that went in, as the provider stated it; None when loads are not known."""
        known = [row["as_of"] for row in self.loads if row.get("as_of")]
        return f"{max(known)} UTC" if known else None

    @property
    def slack(self) -> Decimal:
        """How far exact slices may lie from what was posted of them: one unit for each line that was rounded."""
        return rounding_slack(self.journal, self.slices, self.currency)

    @property
    def classes(self) -> list[str]:
        """The management classes of the month, in the order they are shown."""
        return sorted({row["mgmt_class"] for row in self.slices}, reverse=True)

    def by(self, *keys: str) -> list[Row]:
        """Posted cost by `keys`, with one column per class in `classes` and the part of the whole; largest first."""
        cells: dict[tuple, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
        for row in self.slices:
            cells[tuple(row[key] for key in keys)][row["mgmt_class"]] += row["amount"]
        rows = [
            {**dict(zip(keys, key, strict=True)), "classes": dict(found), "amount": sum(found.values(), ZERO)}
            for key, found in cells.items()
        ]
        for row in rows:
            row["share"] = share(row["amount"], self.total)
        return sorted(rows, key=lambda row: (row.get("cost_center_id") == POOL, -row["amount"], str(row)))

    def by_center(self) -> list[Row]:
        """Cost by cost centre and class, the pool last."""
        return self.by("cost_center_id", "cost_center_name", "function")

    def class_totals(self) -> list[Row]:
        """Cost by class, in the order of `classes`."""
        return sorted(self.by("mgmt_class"), key=lambda row: self.classes.index(row["mgmt_class"]))


def total(rows: Iterable[Row], column: str = "amount") -> Decimal:
    """The sum of a column, exact."""
    return sum((row[column] for row in rows), ZERO)


def center_name(row: Row) -> str:
    """Id and name of a cost centre, or the pool."""
    is_pool = row["cost_center_id"] == POOL
    return "Unallocated pool" if is_pool else f"{row['cost_center_id']} {row['cost_center_name'] or ''}".strip()


def rounding_slack(journal: list[Row], slices: list[Row], currency: str) -> Decimal:
    """One unit of the currency for each posted line, and for each centre whose cost may have rounded to no line."""
    return unit(currency) * (1 + sum(row["lines"] for row in journal) + len({row["cost_center_id"] for row in slices}))


def month_before(period: str) -> str:
    """`2026-01` gives `2025-12`."""
    year, month = map(int, period.split("-"))
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"
