"""The statement in the terminal, for people as tables and for machines as JSON with amounts as text."""

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from pipeline.statement import labels
from pipeline.statement.block import Block, center_name, total
from pipeline.statement.booked import PARTS, STATES, VIEWS
from pipeline.statement.center import CenterView, read_centers
from pipeline.statement.figures import read_blocks
from pipeline.statement.money import count, money, percent, to_unit
from pipeline.statement.queries import Row, reading

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def print_statement(
    warehouse: Path,
    period: str,
    cost_center: str | None = None,
    console: "Console | None" = None,
    as_json: bool = False,
) -> None:
    """Prints the statement of `period`, or of one cost centre in it, one part per entity and currency.

    `warehouse` is a DuckDB file with schema `finance`, or the directory of a `finance.duckdb`. JSON goes to the console
    unwrapped. Raises StatementError for a period or a cost centre these books do not have, naming those they have.
    """
    from rich.console import Console

    out = console or Console()
    with reading(warehouse) as con:
        blocks = read_blocks(con, [period])
        views = [] if cost_center is None else read_centers(con, blocks, cost_center)
    if as_json:
        parts = [_center_json(view) for view in views] if cost_center else [_block_json(block) for block in blocks]
        out.file.write(json.dumps({"period": period, "statements": parts}, indent=2) + "\n")
        return
    for view in views:
        _print_center(out, view)
    for block in blocks if cost_center is None else ():
        _print_block(out, block)


def _print_block(out: "Console", block: Block) -> None:
    """Cost centre by class, the pool, and the way from the bill to the journal."""
    c = block.currency
    table = _table(f"Cost statement {block.period}: {_entity(block)}, {c}", "Cost centre")
    for name in block.classes:
        table.add_column(labels.class_label(name).replace(" (", "\n("), justify="right")
    table.add_column(f"Total {c}", justify="right")
    table.add_column("Share", justify="right")
    for row in block.by_center():
        amounts = [row["classes"].get(name) for name in block.classes]
        cells = ["–" if not amount else money(amount, c) for amount in amounts]
        style = "red" if row["cost_center_id"] == labels.POOL and block.pool_is_large else None
        table.add_row(escape(center_name(row)), *cells, money(row["amount"], c), percent(row["share"]), style=style)
    table.add_section()
    sums = [money(row["amount"], c) for row in block.class_totals()]
    table.add_row("Total", *sums, money(block.total, c), percent(Decimal(1)), style="bold")
    out.print(table)
    pool = f"Unallocated pool: {c} {money(block.pooled, c)}, {percent(block.pool_share)} of cost"
    warning = ", above the limit of 5 %" if block.pool_is_large else ""
    out.print(pool + warning, style="red" if block.pool_is_large else None, highlight=False)
    out.print(_walk(block))
    out.print(_booked(block))
    if block.expected:
        out.print(_expected(block))


def _booked(block: Block) -> "Table":
    """What the month's journal books, part by part; of a closed month that was corrected since, both views."""
    c, booked = block.currency, block.booked
    state = "posted" if booked.posted and not booked.draft else "draft until the month is closed"
    table = _table(f"Booked in {block.period} ({state})", "Part")
    table.add_column(c, justify="right")
    table.add_row("Cost of the month, attributed", money(booked.attributed, c))
    table.add_row("Cost of the month, unallocated pool", money(booked.pool, c))
    table.add_row("Adjustments of earlier, closed months", money(booked.adjusted, c))
    table.add_section()
    table.add_row("Booked in the month", money(booked.total, c), style="bold")
    if booked.changed:
        table.add_section()
        for name, what in (("reported", "as reported"), ("adjusted", "adjusted since"), ("restated", "restated")):
            table.add_row(f"This month {what}", money(total(booked.restated, name), c))
    return table


def _expected(block: Block) -> "Table":
    """What use should cost beside what is billed for tokens, account by account."""
    c = block.currency
    table = _table(
        f"Expected beside billed, {c} (for reconciliation only; nothing in the books comes from it)", "Account"
    )
    table.columns[0].overflow = "fold"
    for name in ("Billed for tokens", "Expected", "Difference"):
        table.add_column(name.replace(" ", "\n", 1), justify="right", no_wrap=True)
    table.add_column("Compared")
    table.add_column("Unpriced\ntokens", overflow="fold")
    for row in block.expected:
        amounts = [row[name] for name in ("billed_tokens", "expected_cost", "difference")]
        cells = ["–" if amount is None else money(amount, c) for amount in amounts]
        unpriced = "\n".join([count(row["unpriced_quantity"]), *row["unpriced_models"]])
        style = "red" if row["status"] == "outside" else None
        compared = labels.words(labels.COMPARED, row["status"])
        table.add_row(escape(f"{row['source']}\n{row['account']}"), *cells, compared, escape(unpriced), style=style)
    return table


def _walk(block: Block) -> "Table":
    """The reconciliation, from the bill to what people and centres bear."""
    c = block.currency
    steps = [
        ("Billed by providers", block.billed),
        (
            "Prepaid or unused, not yet cost" if block.not_recognized > 0 else "Drawn from what was paid before",
            -block.not_recognized,
        ),
        ("Rounding to what can be posted", total(block.reconciliation, "rounding")),
        ("Borne by other entities", -block.charged_out),
        ("Borne of accounts that other entities pay", block.charged_in),
        ("Cost, as posted in the journal", block.total),
        ("Allocated to people and centres", block.allocated),
        ("Unallocated pool", block.pooled),
        ("Difference", block.total - block.reconciled),
    ]
    always = ("Billed", "Cost", "Allocated", "Unallocated", "Difference")
    table = _table("From the bill to the journal", "Step")
    table.add_column(c, justify="right")
    for name, amount in steps:
        if amount or name.startswith(always):
            table.add_row(name, money(amount, c), style="bold" if name.startswith("Cost") else None)
    return table


def _print_center(out: "Console", view: CenterView) -> None:
    """One cost centre by model, by project and activity, and by who bore it."""
    block, c = view.block, view.block.currency
    title = f"Cost centre {escape(center_name(view.center))} in {block.period}: {_entity(block)}, {c}"
    out.print(title, style="bold", highlight=False)
    kinds = [("By model", "Model", view.models), ("By project and activity", "Project, activity", view.work)]
    for title, head, rows in [*kinds, ("By bearer", "Bearer", view.bearers)]:
        table = _table(title, head)
        table.add_column(c, justify="right")
        table.add_column("Share", justify="right")
        for row in rows:
            table.add_row(escape(row["name"]), money(row["amount"], c), percent(row["share"]))
        table.add_section()
        table.add_row("Total", money(total(rows), c), percent(Decimal(1)), style="bold")
        out.print(table)


def _table(title: str, head: str) -> "Table":
    """A table of the house: title at the left, one rule under the head."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(head)
    return table


def _entity(block: Block) -> str:
    """Name and id of the entity."""
    return block.entity_id if block.entity_name == block.entity_id else f"{block.entity_name} ({block.entity_id})"


def _block_json(block: Block) -> dict[str, Any]:
    """What `_print_block` shows, with codes instead of words and amounts as text."""
    centers = [
        {
            **{key: row[key] for key in ("cost_center_id", "cost_center_name", "function")},
            "classes": {name: _text(amount, block) for name, amount in sorted(row["classes"].items())},
            "amount": _text(row["amount"], block),
        }
        for row in block.by_center()
    ]
    walk = ("billed", "not_recognized", "charged_out", "charged_in", "total", "allocated", "pooled")
    return {
        "entity_id": block.entity_id,
        "currency": block.currency,
        **{name: _text(getattr(block, name), block) for name in walk},
        "booked": {name: _text(getattr(block.booked, name), block) for name in (*PARTS, *STATES, "total")},
        "restated": {name: _text(total(block.booked.restated, name), block) for name in VIEWS},
        "cost_centers": centers,
        "expected": [_expected_json(row) for row in block.expected],
        "notes": {"human_capital_capex": labels.NOT_STATUTORY},
    }


def _expected_json(row: Row) -> dict[str, Any]:
    """Expected beside billed of one account; amounts exact, and null where there is none."""
    return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in row.items()}


def _center_json(view: CenterView) -> dict[str, Any]:
    """What `_print_center` shows, amounts as text."""
    tables = {
        "models": (view.models, ("model",)),
        "work": (view.work, ("project_id", "activity")),
        "bearers": (view.bearers, ("bearer_type",)),
    }
    return {
        "entity_id": view.block.entity_id,
        "currency": view.block.currency,
        **{key: view.center[key] for key in ("cost_center_id", "cost_center_name", "function")},
        "amount": _text(view.center["amount"], view.block),
        **{
            name: [{key: row[key] for key in keys} | {"amount": _text(row["amount"], view.block)} for row in rows]
            for name, (rows, keys) in tables.items()
        },
    }


def _text(amount: Decimal, block: Block) -> str:
    """An amount for machines: plain digits, in what can be posted."""
    return f"{to_unit(amount, block.currency):f}"
