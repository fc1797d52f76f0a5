"""Reads the blocks of a statement and ties each to the journal: one that does not sum to it is refused, never shown."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from pipeline.statement.block import ZERO, Block, rounding_slack, total
from pipeline.statement.booked import read_booked
from pipeline.statement.labels import POOL
from pipeline.statement.money import apportion, share, to_unit, unit
from pipeline.statement.queries import BLOCKS, QUERIES, Row, StatementError, ask, has_table

Key = Callable[[Row], Hashable]

# Queries that are asked elsewhere, or one instead of the other.
OTHERS = ("work", "booked", "adjustments", "restated")


def read_keys(con: duckdb.DuckDBPyConnection, periods: Collection[str] | None = None) -> list[Row]:
    """Period, entity, currency, posted cost and pool of every block, or of those of `periods`.

    Raises StatementError when there is nothing to state, or nothing for one of `periods`.
    """
    keys = ask(con, BLOCKS)
    known = sorted({key["period"] for key in keys})
    if not known:
        raise StatementError(
            "finance.rpt_cost_statement is empty: nothing to state; deliver exports, then `tokenbooks run`"
        )
    unknown = sorted(set(known if periods is None else periods) - set(known))
    if unknown:
        raise StatementError(f"no statement for {', '.join(unknown)}; these books have {', '.join(known)}")
    return [key for key in keys if periods is None or key["period"] in periods]


def read_blocks(con: duckdb.DuckDBPyConnection, periods: Collection[str] | None = None) -> list[Block]:
    """The blocks of `periods`, or of all. Raises StatementError as `read_keys`, and when a block does not tie."""
    return [read_block(con, key["period"], key["entity_id"], key["currency"]) for key in read_keys(con, periods)]


def read_block(con: duckdb.DuckDBPyConnection, period: str, entity_id: str, currency: str) -> Block:
    """One block, tied to the journal. Raises StatementError naming what does not sum to it."""
    key = {"period": period, "entity_id": entity_id, "currency": currency}
    read = {name: ask(con, query, **key) for name, query in QUERIES.items() if name not in OTHERS}
    where = f"{period} {entity_id} {currency}"
    if not read["journal"] and any(row["amount"] for row in read["slices"]):
        raise StatementError(f"{where}: the journal has no entry; run `tokenbooks build`")
    posted, by_class = total(read["slices"]), sums(read["slices"], lambda row: row["mgmt_class"])
    in_pool = sums(read["slices"], lambda row: row["cost_center_id"] == POOL)
    fit = Fit(where, currency, posted, rounding_slack(read["journal"], read["slices"], currency))
    read["pool"] = fit("rpt_unallocated", read["pool"], {True: in_pool[True]}, lambda row: True)
    read["bridge"] = fit("rpt_classification_bridge", read["bridge"], by_class, lambda row: row["mgmt_class"])
    read["methods"] = fit("rpt_allocation_basis", read["methods"], in_pool, lambda row: row["in_pool"])
    read["reconciliation"] = reconciled(read["reconciliation"], currency)
    booked = read_booked(con, period, entity_id, currency)
    block = Block(period, entity_id, entity_name(con, entity_id), currency, posted, **read, booked=booked)
    tie(block, where)
    return block


def entity_name(con: duckdb.DuckDBPyConnection, entity_id: str) -> str:
    """The entity's name where the database has the company's tables, else its id."""
    if not has_table(con, "company", "entities"):
        return entity_id
    found = ask(con, "select name from company.entities where entity_id = $entity_id", entity_id=entity_id)
    return found[0]["name"] if found else entity_id


def sums(rows: list[Row], key: Key) -> dict[Hashable, Decimal]:
    """The posted amounts of `rows` by `key`."""
    found: dict[Hashable, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        found[key(row)] += row["amount"]
    return found


@dataclass(frozen=True)
class Fit:
    """Turns rows of exact amounts into what was posted of them: whole cents that sum to the posted amount of each part.

    The exact sum of a part may differ from it by no more than `slack`, a cent for each line of the journal.
    """

    where: str
    currency: str
    whole: Decimal
    slack: Decimal

    def __call__(self, what: str, rows: list[Row], posted: Mapping[Hashable, Decimal], key: Key) -> list[Row]:
        """`rows` in their order, fitted to `posted` part by part. Raises StatementError when a part is too far off."""
        out: list[Row] = [dict(row) for row in rows]
        for part in dict.fromkeys([*posted, *map(key, rows)]):
            chosen, target = [row for row in out if key(row) == part], posted.get(part, ZERO)
            found = total(chosen)
            if abs(found - target) > self.slack:
                raise StatementError(
                    f"{self.where}: {what} sums to {found:,f}, the journal to {target:,f}; run `tokenbooks build`"
                )
            amounts = apportion([row["amount"] for row in chosen], target, unit(self.currency))
            for row, amount in zip(chosen, amounts, strict=True):
                row |= {"amount": amount, "share": share(amount, self.whole)}
        return out


def reconciled(rows: list[Row], currency: str) -> list[Row]:
    """Each account from the bill to the posting: billed as an invoice is rounded, allocated and pooled as posted."""
    out = []
    for row in rows:
        billed, not_recognized = to_unit(row["billed_cost"], currency), to_unit(row["not_recognized"], currency)
        figures = {
            "billed": billed,
            "not_recognized": not_recognized,
            "recognized": billed - not_recognized,
            "rounding": row["posted"] - (billed - not_recognized),
            "allocated": row["posted"] - row["pooled"],
        }
        out.append(row | figures)
    return out


def tie(block: Block, where: str) -> None:
    """Raises StatementError unless statement, reconciliation and journal agree to the cent and the journal balances."""
    cost: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in block.journal:
        cost[f"the {row['book']} journal charges"] += row["cost"]
    cost["the reconciliation posts"] = block.reconciled
    cost["the month books for itself"] = block.booked.attributed + block.booked.pool
    for what, amount in cost.items():
        if amount != block.total:
            raise StatementError(f"{where}: tables sum to {block.total:,f}, {what} {amount:,f}; run `tokenbooks build`")
    debit, credit = total(block.journal, "debit"), total(block.journal, "credit")
    if debit != credit:
        raise StatementError(
            f"{where}: the journal does not balance, debit {debit:,f}, credit {credit:,f}; nothing is shown"
        )
    for row in block.reconciliation:
        if row["difference"] != 0:
            account = f"{row['source']}/{row['account']}"
            raise StatementError(
                f"{where}: {account} does not reconcile, difference {row['difference']}; nothing is shown"
            )
