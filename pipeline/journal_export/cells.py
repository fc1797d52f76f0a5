"""How text, amounts and memos are written, alike in every format."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pipeline.journal_export.journal import Line

# A spreadsheet takes a cell that starts so for a formula; an apostrophe before it makes it text again.
ONE_LINE = str.maketrans("\t\r\n", "   ")
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


def text(value: str | None) -> str:
    """A text cell that no spreadsheet runs, on one line; empty for null."""
    if not value:
        return ""
    return ("'" if FORMULA.match(value) else "") + value.translate(ONE_LINE)


def money(amount: Decimal, decimals: int) -> str:
    """An amount with exactly so many decimals. Checked before: it has no more."""
    return f"{amount:.{decimals}f}"


def sides(amount: Decimal, decimals: int) -> tuple[str, str]:
    """(debit, credit) cells of a signed amount, one of them empty."""
    return (money(amount, decimals), "") if amount > 0 else ("", money(-amount, decimals))


def short(entry_id: str) -> str:
    """An entry's id in the 21 characters that QuickBooks takes; by its letters no spreadsheet makes it a number."""
    return f"JE-{entry_id[:18]}"


def memo(line: Line) -> str:
    """`period / cost centre / project / line id` and nothing else: a ledger is widely read (accounting.md 3.2)."""
    return _told(line, line.period, line.cost_centre, line.project, line.lineage_id)


def title(line: Line) -> str:
    """What an entry is, in at most 30 characters: `2026-09 accrual`."""
    return f"{_draft(line)}{line.period} {line.kind}"


def _told(line: Line, *ids: str | None) -> str:
    # An id is a company's own text: one with an address in it is left out.
    return _draft(line) + " / ".join(part if part and "@" not in part else "-" for part in ids)


def _draft(line: Line) -> str:
    return "" if line.status == "posted" else "DRAFT "


def rows(header: Sequence[str], body: Iterable[Sequence[str]], line_end: str = "\r\n") -> str:
    """A CSV document."""
    document = io.StringIO(newline="")
    writer = csv.writer(document, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(body)
    return document.getvalue()
