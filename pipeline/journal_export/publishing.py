"""The journals in published/: the canonical csv, written by the same hand that exports it."""

from pathlib import Path

import duckdb

from pipeline.company.company_settings import Target
from pipeline.journal_export.exporting import documents, plain, write_document
from pipeline.journal_export.journal import read_journals
from pipeline.warehouse import minor_units


def write_published(con: duckdb.DuckDBPyConnection, folder: Path, period: str) -> list[Path]:
    """One file per entity with postings in the period, drafts marked in column `status`; returns the files.

    `con` has the warehouse attached as `warehouse`. Raises BooksError when a journal is unfit (INV-11, INV-12).
    """
    files = []
    for journal in read_journals(con, period, None, minor_units()):
        (text,) = documents(journal, "csv", Target())
        files.append(folder / f"{period}-{plain(journal.entity)}.csv")
        write_document(files[-1], text, "csv")
    return files
