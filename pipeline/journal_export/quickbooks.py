"""`quickbooks`: QuickBooks Online's journal import, rows joined by Journal No, in the home currency of the company."""

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells
from pipeline.journal_export.journal import Entry, Journal, Line
from pipeline.settings import BooksError

HEADER = ("Journal No", "Journal Date", "Account Name", "Description", "Debits", "Credits", "Name", "Class")
# Accounts of these natural classes are A/P and A/R there, where every line must name a vendor or customer.
NAMED = {"payable", "receivable"}


def write(journal: Journal, target: Target) -> list[str]:
    """One document. Raises BooksError when an A/P or A/R line has no name, or two entries share a Journal No."""
    _distinct([entry.id for entry in journal.entries])
    return [cells.rows(HEADER, (row for entry in journal.entries for row in _rows(entry, journal, target)))]


def _rows(entry: Entry, journal: Journal, target: Target) -> list[list[str]]:
    stated = entry.stated(functional=True)
    shared = [cells.short(entry.id), entry.head.posting_date.strftime("%m/%d/%Y")]
    decimals = journal.minor_units[stated.currency]
    return [
        [
            *shared,
            cells.text(target.accounts.get(line.account, line.account_name)),
            cells.memo(line),
            *cells.sides(amount, decimals),
            cells.text(_name(line, target)),
            cells.text(target.cost_centers.get(line.cost_centre or "", line.cost_centre)),
        ]
        for line, amount in stated.rows
    ]


def _name(line: Line, target: Target) -> str:
    if line.natural_class not in NAMED:
        return ""
    name = target.vendors.get(line.source or "*", target.vendors.get("*"))
    if not name:
        raise BooksError(
            f"account {line.account}, source {line.source or '(none)'}: QuickBooks wants a vendor on every A/P line; "
            "name it in company/tokenbooks.yml under journal_export.quickbooks.vendors, by source or for all as '*'"
        )
    return name


def _distinct(ids: list[str]) -> None:
    short = {cells.short(entry) for entry in ids}
    if len(short) < len(ids):
        raise BooksError("two entries would get one Journal No; enter one of them by hand, from --format csv")
