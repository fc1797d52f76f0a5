"""`intacct`: Sage Intacct's journal entry upload, the header of an entry on its first line only, lines from 1."""

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells
from pipeline.journal_export.journal import Entry, Journal

HEADER = (
    "JOURNAL",
    "DATE",
    "DESCRIPTION",
    "REFERENCE_NO",
    "LINE_NO",
    "ACCT_NO",
    "LOCATION_ID",
    "DEPT_ID",
    "MEMO",
    "DEBIT",
    "CREDIT",
    "CURRENCY",
    "EXCH_RATE_DATE",
    "EXCHANGE_RATE",
    "STATE",
    "GLENTRY_PROJECTID",
)


def write(journal: Journal, target: Target) -> list[str]:
    """One document."""
    return [cells.rows(HEADER, (row for entry in journal.entries for row in _rows(entry, journal, target)))]


def _rows(entry: Entry, journal: Journal, target: Target) -> list[list[str]]:
    stated, head = entry.stated(), entry.head
    day = head.posting_date.strftime("%m/%d/%Y")
    foreign = [stated.currency, day, f"{stated.rate:f}"] if stated.rate else ["", "", ""]
    decimals = journal.minor_units[stated.currency]
    rows = []
    for number, (line, amount) in enumerate(stated.rows, start=1):
        first = number == 1
        of_entry = [cells.text(target.journal), day, cells.title(head), cells.short(entry.id)]
        rows.append(
            [
                *(of_entry if first else ["", "", "", ""]),
                str(number),
                cells.text(target.accounts.get(line.account, line.account)),
                cells.text(target.entities.get(line.entity, line.entity)),
                cells.text(target.cost_centers.get(line.cost_centre or "", line.cost_centre)),
                cells.memo(line),
                *cells.sides(amount, decimals),
                *foreign,
                ("Posted" if entry.posted else "Draft") if first else "",
                cells.text(target.projects.get(line.project or "", line.project)),
            ]
        )
    return rows
