"""`netsuite`: the CSV Import Assistant's journal entry, every header field on every row, rows joined by External ID."""

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells
from pipeline.journal_export.journal import Entry, Journal
from pipeline.settings import BooksError

HEADER = (
    "External ID",
    "Date",
    "Posting Period",
    "Subsidiary",
    "Currency",
    "Exchange Rate",
    "Memo",
    "Journal Entry - Line: Account",
    "Journal Entry - Line: Debit",
    "Journal Entry - Line: Credit",
    "Journal Entry - Line: Memo",
    "Journal Entry - Line: Department",
    "Journal Entry - Line: Class",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DECIMALS, MOST = 2, 10**10  # "a maximum of 10 digits before the decimal and 2 digits after the decimal"


def write(journal: Journal, target: Target) -> list[str]:
    """One document. Raises BooksError for amounts that NetSuite cannot hold."""
    return [cells.rows(HEADER, (row for entry in journal.entries for row in _rows(entry, journal, target)))]


def _rows(entry: Entry, journal: Journal, target: Target) -> list[list[str]]:
    stated, head = entry.stated(), entry.head
    shared = [
        entry.id,
        head.posting_date.strftime("%m/%d/%Y"),
        f"{MONTHS[int(head.period[5:]) - 1]} {head.period[:4]}",
        cells.text(target.entities.get(head.entity, head.entity)),
        stated.currency,
        f"{stated.rate:f}" if stated.rate else "1",
        cells.title(head),
    ]
    rows = []
    for line, amount in stated.rows:
        if amount != round(amount, DECIMALS) or abs(amount) >= MOST:
            raise BooksError(
                f"entry {entry.id}, line {line.line_no}: {amount} {stated.currency} does not fit into NetSuite, which "
                "takes 10 digits before the point and 2 after; enter it there by hand, from --format csv"
            )
        account = target.accounts.get(line.account, line.account)
        centre = target.cost_centers.get(line.cost_centre or "", line.cost_centre)
        project = target.projects.get(line.project or "", line.project)
        texts = [cells.memo(line), cells.text(centre), cells.text(project)]
        rows.append([*shared, cells.text(account), *cells.sides(amount, DECIMALS), *texts])
    return rows
