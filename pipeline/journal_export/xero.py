"""`xero`: the manual journal import, signed amounts in the organisation's currency, at most 300 lines a file."""

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells
from pipeline.journal_export.journal import Entry, Journal
from pipeline.settings import BooksError

HEADER = (
    "*Narration",
    "*Date",
    "Description",
    "*AccountCode",
    "*TaxRate",
    "*Amount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
)
MOST = 300


def write(journal: Journal, target: Target) -> list[str]:
    """As many documents as 300 lines each need, split between entries. Raises BooksError for a longer entry."""
    parts: list[list[list[str]]] = [[]]
    for entry in journal.entries:
        rows = _rows(entry, journal, target)
        if len(rows) > MOST:
            raise BooksError(
                f"entry {entry.id} has {len(rows)} lines and Xero takes {MOST} a file, each a whole journal; bring it "
                "in through Xero's API from --format csv, or enter its totals by hand"
            )
        if len(parts[-1]) + len(rows) > MOST:
            parts.append([])
        parts[-1] += rows
    return [cells.rows(HEADER, part) for part in parts]


def _rows(entry: Entry, journal: Journal, target: Target) -> list[list[str]]:
    stated, head = entry.stated(functional=True), entry.head
    # Rows of one narration and date are one journal, so the narration must tell entries apart.
    shared = [f"{cells.title(head)} / {entry.id}", head.posting_date.strftime("%d/%m/%Y")]
    return [
        [
            *shared,
            cells.memo(line),
            cells.text(target.accounts.get(line.account, line.account)),
            cells.text(target.tax_rate),
            cells.money(amount, journal.minor_units[stated.currency]),
            *_tracked(target.cost_center_tracking, target.cost_centers, line.cost_centre),
            *_tracked(target.project_tracking, target.projects, line.project),
        ]
        for line, amount in stated.rows
    ]


def _tracked(category: str, options: dict[str, str], value: str | None) -> tuple[str, str]:
    """(name, option) of a tracking category; both empty where the line or the organisation has none."""
    return (cells.text(category), cells.text(options.get(value, value))) if category and value else ("", "")
