"""`hledger`: a journal that stands alone and passes `hledger check --strict`, accounts and commodities declared."""

from collections.abc import Iterator
from decimal import Decimal

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells, plaintext
from pipeline.journal_export.journal import Entry, Journal


def write(journal: Journal, target: Target) -> list[str]:
    """One document: declarations, entries (`!` while draft), then what each account holds. Raises BooksError."""
    return ["\n".join(_document(journal)) + "\n"]


def _document(journal: Journal) -> Iterator[str]:
    names, balances = plaintext.account_names(journal), plaintext.balances(journal)
    yield f"; {plaintext.headline(journal)}"
    for currency in sorted({code for _, code in balances}):
        # Entries balance to the decimals declared here.
        yield f"commodity {plaintext.amount_text(journal, Decimal(1000), currency)}"
    yield from (f"account {name}" for name in names.values())
    for entry in journal.entries:
        yield from _entry(entry, journal, names)
    yield ""
    yield f"{max(entry.head.posting_date for entry in journal.entries)} * balances"
    for (account, currency), amount in balances.items():
        nothing, held = (plaintext.amount_text(journal, each, currency) for each in (Decimal(0), amount))
        yield f"    {names[account]}  {nothing} = {held}"


def _entry(entry: Entry, journal: Journal, names: dict[str, str]) -> Iterator[str]:
    stated, head = entry.stated(), entry.head
    yield ""
    yield f"{head.posting_date} {'*' if entry.posted else '!'} ({entry.id}) {cells.title(head)}"
    yield from (f"    ; {name}:{_tag(value)}" for name, value in plaintext.facts(head, plaintext.OF_ENTRY))
    for line, amount in stated.rows:
        tags = plaintext.facts(line, plaintext.OF_LINE) + plaintext.other_amount(journal, line, stated.currency)
        told = ", ".join(f"{name}:{_tag(value)}" for name, value in tags)
        yield f"    {names[line.account]}  {plaintext.amount_text(journal, amount, stated.currency)}  ; {told}"


def _tag(words: str) -> str:
    """A comma ends a tag's value."""
    return words.replace(",", ";")
