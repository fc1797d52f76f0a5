"""`csv`: the canonical journal, one row a line with every column, from which all other formats derive."""

from decimal import Decimal

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells
from pipeline.journal_export.journal import COLUMNS, Journal, Line

IN_CURRENCY = {"debit", "credit"}
IN_FUNCTIONAL = {"func_debit", "func_credit"}


def write(journal: Journal, target: Target) -> list[str]:
    """One document; line feeds, as the published journals and tools of version control have them."""
    body = ([_cell(line, name, journal.minor_units) for name in COLUMNS] for line in journal.lines)
    return [cells.rows(list(COLUMNS), body, line_end="\n")]


def _cell(line: Line, name: str, minor_units: dict[str, int]) -> str:
    value = getattr(line, name)
    if name in IN_CURRENCY:
        return cells.money(value, minor_units[line.currency])
    if name in IN_FUNCTIONAL:
        return cells.money(value, minor_units[line.func_currency])
    if isinstance(value, Decimal):
        return f"{value:f}"
    return cells.text(value) if isinstance(value, str) else "" if value is None else str(value)
