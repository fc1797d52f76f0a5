"""One cost centre of a statement: its cost by model, by project and activity, and kind of bearer, never by person."""

from dataclasses import dataclass, replace

import duckdb

from pipeline.statement import labels
from pipeline.statement.block import Block, total
from pipeline.statement.figures import Fit
from pipeline.statement.queries import QUERIES, Row, StatementError, ask


@dataclass(frozen=True)
class CenterView:
    """What a cost centre bore: rows of name, amount and share; each list sums to the centre's posted cost."""

    block: Block
    center: Row  # cost_center_id, cost_center_name, function, classes, amount
    models: list[Row]
    work: list[Row]
    bearers: list[Row]


def read_centers(con: duckdb.DuckDBPyConnection, blocks: list[Block], cost_center: str) -> list[CenterView]:
    """The view of one cost centre in each block where it bears cost. Raises StatementError when there is none."""
    known = sorted({row["cost_center_id"] for block in blocks for row in block.slices})
    if cost_center not in known:
        raise StatementError(f"no cost of cost centre {cost_center} in {blocks[0].period}; it has {', '.join(known)}")
    views = [replace(b, slices=[row for row in b.slices if row["cost_center_id"] == cost_center]) for b in blocks]
    return [_read(con, block, cost_center) for block in views if block.slices]


def _read(con: duckdb.DuckDBPyConnection, block: Block, cost_center: str) -> CenterView:
    """The view of a block that holds only the slices of the cost centre."""
    posted = total(block.slices)
    block = replace(block, total=posted)
    key = {"period": block.period, "entity_id": block.entity_id, "currency": block.currency}
    exact = ask(con, QUERIES["work"], **key, cost_center=cost_center)
    fit = Fit(f"{block.period} {cost_center}", block.currency, posted, block.slack)
    work = fit("rpt_allocation_basis", exact, {True: posted}, lambda row: True)
    return CenterView(
        block=block,
        center=block.by_center()[0],
        models=[row | {"name": row["model"] or "(no model stated)"} for row in block.by("model")],
        work=[
            row | {"name": f"{row['project_id'] or '(no project)'}, {row['activity'] or '(no activity)'}"}
            for row in work
        ],
        bearers=[row | {"name": labels.words(labels.BEARERS, row["bearer_type"])} for row in block.by("bearer_type")],
    )
