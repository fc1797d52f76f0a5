"""What beancount and hledger share: account names, amounts, what an account holds at the end."""

import unicodedata
from decimal import Decimal

from pipeline.journal_export.cells import money
from pipeline.journal_export.journal import Journal, Line
from pipeline.settings import BooksError

OF_ENTRY = ("je_id", "book", "period", "service_period", "kind", "cause", "reversal_of", "policy_hash")
OF_LINE = ("cost_centre", "project", "module", "lineage_id")
ROOTS = {
    "asset": "Assets",
    "contra_asset": "Assets",
    "liability": "Liabilities",
    "expense": "Expenses",
    "income": "Income",
}


def account_names(journal: Journal) -> dict[str, str]:
    """account id -> `Expenses:US01:6100-AI-inference-R-D`, in order of id; the newest name counts.

    Raises BooksError when two accounts would get one name.
    """
    latest = {line.account: line for line in journal.lines}
    names = {account: _name(line) for account, line in sorted(latest.items())}
    taken: dict[str, str] = {}
    for account, name in names.items():
        if taken.setdefault(name, account) != account:
            raise BooksError(
                f"accounts {taken[name]} and {account} would both be called {name}; "
                "give one of them another id in chart_of_accounts.csv"
            )
    return names


def _name(line: Line) -> str:
    if line.account_type not in ROOTS:
        raise BooksError(f"account {line.account}: type {line.account_type} is unknown; correct chart_of_accounts.csv")
    return ":".join(
        (ROOTS[line.account_type], component(line.entity), component(f"{line.account} {line.account_name}"))
    )


def component(words: str) -> str:
    """A part of an account's name: letters, digits and single hyphens, the first one a capital or a digit."""
    kept = "".join(letter if _allowed(letter) else " " for letter in unicodedata.normalize("NFC", words))
    name = "-".join(kept.split())
    name = name[:1].upper() + name[1:]
    return name if unicodedata.category(name[:1] or " ") in ("Lu", "Nd") else f"X{name}"


def _allowed(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind[0] == "L" or kind == "Nd"


def decimals(journal: Journal, currency: str) -> int:
    """Those of the currency, at least two: beancount takes the loosest amount of an entry for its tolerance."""
    return max(2, journal.minor_units[currency])


def amount_text(journal: Journal, amount: Decimal, currency: str) -> str:
    """`4200.00 USD`."""
    return f"{money(amount, decimals(journal, currency))} {currency}"


def balances(journal: Journal) -> dict[tuple[str, str], Decimal]:
    """(account, currency) -> what the entries of this file leave on it, in order."""
    found: dict[tuple[str, str], Decimal] = {}
    for entry in journal.entries:
        currency, _, rows = entry.stated()
        for line, amount in rows:
            found[line.account, currency] = found.get((line.account, currency), Decimal(0)) + amount
    return dict(sorted(found.items()))


def facts(line: Line, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """(name, value on one line) of the columns that have a value."""
    told = [(name, getattr(line, name)) for name in names]
    return [(name, " ".join(str(value).split())) for name, value in told if value is not None]


def headline(journal: Journal) -> str:
    """What the file is, and whether it may still change."""
    state = f"DRAFT: {journal.drafts} of {len(journal.entries)} entries are not posted" if journal.drafts else "posted"
    return f"journal {journal.period} of {journal.entity}, {state}"


def other_amount(journal: Journal, line: Line, stated: str) -> list[tuple[str, str]]:
    """The line in the currency that the entry is not stated in; nothing where there is one only."""
    if line.currency == line.func_currency:
        return []
    if stated == line.currency:
        return [("functional", amount_text(journal, line.func_amount, line.func_currency))]
    return [("billed", amount_text(journal, line.amount, line.currency))]
