"""The company as it was when a month was closed: a snapshot under `ledger/company/<hash>/`, read by later builds.

Compensation and the secret of the pseudonyms are left out: no figure of a closed month needs the first, and the
second must stay the company's own, or a person would have another pseudonym in every month.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.content import folder_hash
from pipeline.settings import Books, BooksError

if TYPE_CHECKING:
    from pipeline.company import CompanyInputs

# Also in pipeline/plan.py and pipeline/company/checking.py; named here so that this module stays light.
ENDINGS = (".csv", ".yml", ".yaml")
LEFT_OUT = ("compensation.csv",)


def version_of(books: Books) -> str:
    """The hash that a snapshot of the company taken now would have."""
    return folder_hash(books.company, ENDINGS, LEFT_OUT)


def take_snapshot(books: Books, version: str) -> str:
    """Keep the company files as they are now, readable by their owner alone; returns their hash.

    A snapshot that is there already stays. Raises BooksError when the files are no longer those of `version`, which
    the books were built from.
    """
    if snapshot(books, version).exists():
        return version
    beside = snapshot(books, f".{version}.tmp")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True, mode=0o700)
    for path in sorted(books.company.rglob("*")):
        if path.is_file() and path.name.endswith(ENDINGS) and path.name not in LEFT_OUT:
            target = beside / path.relative_to(books.company)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(path, target)
            target.chmod(0o600)
    if folder_hash(beside, ENDINGS, LEFT_OUT) != version:
        raise BooksError(
            f"{books.company}: changed while the month was closed; run `tokenbooks run` and close it again"
        )
    beside.rename(snapshot(books, version))
    return version


def frozen_company(books: Books, version: str) -> "CompanyInputs":
    """The company files of a snapshot, checked. Raises BooksError when it is missing or was changed."""
    from pipeline.company import check_company

    folder = snapshot(books, version)
    if not folder.is_dir() or folder_hash(folder, ENDINGS, LEFT_OUT) != version:
        raise BooksError(f"{folder}: missing or changed since a month was closed with it; put it back from your backup")
    return check_company(folder, secret_in=books.company)


def snapshot(books: Books, version: str) -> Path:
    """Where a snapshot lies."""
    return books.ledger / "company" / version
