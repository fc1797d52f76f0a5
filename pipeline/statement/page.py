"""The statement as one self-contained HTML page a month, and the page that lists them.

Nothing on a page is fetched: style and plots are inside it. The same figures give the same bytes.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.statement import labels, money
from pipeline.statement.block import POOL_LIMIT, Block, center_name, total
from pipeline.statement.figures import entity_name, read_blocks, read_keys
from pipeline.statement.plots import BLUE, BRICK, OCHRE, PALE_BLUE, Bar, columns, rows
from pipeline.statement.queries import reading

MODELS_DRAWN = 8
CLASS_COLOURS = {"utility_opex": BLUE, "human_capital_capex": OCHRE}


def write_statements(warehouse: Path, out_dir: Path, periods: list[str] | None = None) -> list[Path]:
    """Writes `<period>.html` for `periods` (None: all) and `index.html` into `out_dir`; gives their paths.

    `warehouse` is a DuckDB file with schema `finance`, or the directory of a `finance.duckdb`. Each page is replaced in
    one step. Raises StatementError when there is nothing to state, a period is unknown, or a figure does not tie to the
    journal; then no page has been touched.
    """
    with reading(warehouse) as con:
        blocks = read_blocks(con, periods)
        listed = [key | {"name": entity_name(con, key["entity_id"])} for key in read_keys(con)]
    wanted = sorted({block.period for block in blocks})
    html = {f"{period}.html": statement_html([b for b in blocks if b.period == period]) for period in wanted}
    out_dir.mkdir(parents=True, exist_ok=True)
    listed = [key for key in listed if key["period"] in wanted or (out_dir / f"{key['period']}.html").exists()]
    listed.sort(key=lambda key: key["period"], reverse=True)
    html["index.html"] = _environment().get_template("statement_index.html.j2").render(rows=listed)
    return [_write(out_dir / name, text) for name, text in html.items()]


def statement_html(blocks: Sequence[Block]) -> str:
    """The page of one period: a part for each entity and currency, never summed across them."""
    parts = [{"b": block, "plots": _plots(block)} for block in blocks]
    return _environment().get_template("statement.html.j2").render(period=blocks[0].period, parts=parts)


def month_name(period: str, pattern: str = "MMMM y") -> str:
    """`2026-10` gives `October 2026`."""
    return format_date(date.fromisoformat(f"{period}-01"), pattern, locale=money.LOCALE)


def _environment() -> Environment:
    """The templates with the words and the figures they may use."""
    env = Environment(
        loader=PackageLoader("pipeline"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "money": money.money,
        "exact": money.exact,
        "percent": money.percent,
        "share": money.share,
        "month": month_name,
        "total": total,
        "center_name": center_name,
        "count": money.count,
        "words": lambda code, table: labels.words(getattr(labels, table), code),
    }
    env.globals |= {"NOT_STATUTORY": labels.NOT_STATUTORY, "POOL": labels.POOL, "POOL_LIMIT": POOL_LIMIT}
    return env


def _plots(block: Block) -> list[tuple[str, str]]:
    """Title and SVG of the four plots."""
    if not block.slices:  # an entity that pays for others and bears nothing itself
        return []
    months = [
        Bar(month_name(row["period"], "MMM\ny"), row["amount"], BLUE if row["period"] == block.period else PALE_BLUE)
        for row in reversed(block.months)
    ]
    classes = [
        Bar(
            labels.class_label(row["mgmt_class"]).replace(" (", "\n(").replace(", ", ",\n"),
            row["amount"],
            _colour(row["mgmt_class"]),
        )
        for row in block.by("mgmt_class")
    ]
    return [
        ("Cost by month", columns(months)),
        ("Cost by class", rows(classes)),
        ("Cost by cost centre", rows(list(_center_bars(block)))),
        ("Cost by model", rows(_model_bars(block))),
    ]


def _center_bars(block: Block) -> Iterable[Bar]:
    """A bar per cost centre in pieces by class; the pool in its own colour, last."""
    for row in block.by_center():
        if row["cost_center_id"] == labels.POOL:
            yield Bar("Unallocated pool", row["amount"], BRICK, "Unallocated pool")
            continue
        for name in block.classes:
            if name in row["classes"]:
                yield Bar(center_name(row), row["classes"][name], _colour(name), labels.class_label(name))


def _model_bars(block: Block) -> list[Bar]:
    """The largest models, and all others as one."""
    found = block.by("model")
    bars = [Bar(row["model"] or "(no model stated)", row["amount"]) for row in found]
    if len(bars) <= MODELS_DRAWN + 1:
        return bars
    rest = Bar(f"Other ({len(bars) - MODELS_DRAWN})", total(found[MODELS_DRAWN:]), PALE_BLUE)
    return [*bars[:MODELS_DRAWN], rest]


def _colour(mgmt_class: str) -> str:
    """The colour of a class; one that came later is pale."""
    return CLASS_COLOURS.get(mgmt_class, PALE_BLUE)


def _write(path: Path, text: str) -> Path:
    """Replaces `path` in one step: a reader has the old page or the new one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)
    return path
