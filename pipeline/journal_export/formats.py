"""The formats, in one place: adding one is a module with `write` and a row here."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.company.company_settings import Target
from pipeline.journal_export import beancount, canonical, hledger, intacct, netsuite, quickbooks, xero
from pipeline.journal_export.journal import Journal


@dataclass(frozen=True)
class Format:
    """One target. `write` gives the documents of a checked journal, one unless the target limits their size."""

    write: Callable[[Journal, Target], list[str]]
    suffix: str = ".csv"
    encoding: str = "utf-8"  # of a text that is not plain ASCII


FORMATS = {
    "csv": Format(canonical.write),
    "netsuite": Format(netsuite.write),
    # Users report that it misreads accents without the mark at the file's beginning.
    "quickbooks": Format(quickbooks.write, encoding="utf-8-sig"),
    "xero": Format(xero.write),
    "intacct": Format(intacct.write),
    "beancount": Format(beancount.write, ".beancount"),
    "hledger": Format(hledger.write, ".journal"),
}
