"""`beancount`: a ledger that stands alone; `bean-check` proves that it balances and what it leaves on each account."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.company.company_settings import Target
from pipeline.journal_export import cells, plaintext
from pipeline.journal_export.journal import Entry, Journal


def write(journal: Journal, target: Target) -> list[str]:
    """One document: accounts opened, entries (`!` while draft), balances of the day after. Raises BooksError."""
    return ["\n".join(_document(journal)) + "\n"]


def _document(journal: Journal) -> Iterator[str]:
    names = plaintext.account_names(journal)
    days = [entry.head.posting_date for entry in journal.entries]
    yield f"; {plaintext.headline(journal)}"
    yield f'option "title" {_string(f"tokenbooks {journal.entity} {journal.period}")}'
    yield ""
    yield from (f"{min(days)} open {name}" for name in names.values())
    for entry in journal.entries:
        yield from _entry(entry, journal, names)
    yield ""
    for (account, currency), amount in plaintext.balances(journal).items():
        # Without the tolerance of its own a balance would let one cent pass.
        exact = f"{cells.money(amount, plaintext.decimals(journal, currency))} ~ 0 {currency}"
        yield f"{max(days) + timedelta(days=1)} balance {names[account]} {exact}"


def _entry(entry: Entry, journal: Journal, names: dict[str, str]) -> Iterator[str]:
    stated, head = entry.stated(), entry.head
    yield ""
    yield f"{head.posting_date} {'*' if entry.posted else '!'} {_string(cells.title(head))}"
    yield from (f"  {name}: {_string(value)}" for name, value in plaintext.facts(head, plaintext.OF_ENTRY))
    for line, amount in stated.rows:
        yield f"  {names[line.account]}  {plaintext.amount_text(journal, amount, stated.currency)}"
        yield from (f"    {name}: {_string(value)}" for name, value in plaintext.facts(line, plaintext.OF_LINE))
        yield from (f"    {name}: {value}" for name, value in plaintext.other_amount(journal, line, stated.currency))


def _string(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
