"""From the published database to files that a ledger's tool imports: all checked first, each written whole."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipeline.company.company_settings import Target, read_settings
from pipeline.content import replacing
from pipeline.journal_export.checking import faults
from pipeline.journal_export.formats import FORMATS
from pipeline.journal_export.journal import Journal, read_journals
from pipeline.serving import warehouse_reader
from pipeline.settings import Books, BooksError
from pipeline.warehouse import minor_units

SHOWN = 20  # faults that a refusal lists before it counts the rest


@dataclass(frozen=True)
class Exported:
    """What left for one entity; `drafts` of its entries are not posted, and a later build may change them."""

    entity: str
    entries: int
    lines: int
    drafts: int
    files: list[str]


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote, by entity, and the files of an earlier export of the same journals that it removed."""

    period: str
    format: str
    journals: list[Exported] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def export_journal(
    books: Books, period: str, kind: str, entity: str | None = None, out: Path | None = None
) -> ExportReport:
    """Write the published journal of a period in a format of FORMATS, one file an entity, to `out` (else here).

    `out` is a file when it has an ending and is no directory. Raises BooksError, and writes nothing, when there is no
    such journal, when it must not or cannot be imported, or when several files would take one name.
    """
    journals, target = _journals(books, period, entity), _target(books, kind)
    texts = [documents(journal, kind, target) for journal in journals]
    folder, removed = out or Path(), list[Path]()
    if out and out.suffix and not out.is_dir():
        if sum(map(len, texts)) > 1:
            raise BooksError(f"{out}: this journal is several files, one or more an entity; name a directory")
        paths = [[out]]
    else:
        paths = [_paths(journal, kind, len(parts), folder) for journal, parts in zip(journals, texts, strict=True)]
        removed = _outdated(journals, kind, folder, paths)
    _distinct([path for own in paths for path in own])
    for own, parts in zip(paths, texts, strict=True):
        for path, text in zip(own, parts, strict=True):
            write_document(path, text, kind)
    for path in removed:
        path.unlink()
    done = [_exported(journal, own) for journal, own in zip(journals, paths, strict=True)]
    return ExportReport(period, kind, done, [str(path) for path in removed])


def _exported(journal: Journal, paths: list[Path]) -> Exported:
    lines = sum(len(entry.lines) for entry in journal.entries)
    return Exported(journal.entity, len(journal.entries), lines, journal.drafts, [str(path) for path in paths])


def documents(journal: Journal, kind: str, target: Target) -> list[str]:
    """The texts of a journal in a format. Raises BooksError with every fault when it must not be imported."""
    found = faults(journal)
    if found:
        more = [f"… and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
        raise BooksError("\n".join([*found[:SHOWN], *more]))
    return FORMATS[kind].write(journal, target)


def write_document(path: Path, text: str, kind: str) -> None:
    """Write one file whole, in UTF-8 and with its own line ends."""
    encoding = "utf-8" if text.isascii() else FORMATS[kind].encoding
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode(encoding))


def plain(name: str) -> str:
    """An id as part of a file's name."""
    return re.sub(r"[^\w.-]", "-", name)


def _journals(books: Books, period: str, entity: str | None) -> list[Journal]:
    database = books.published / "finance.duckdb"
    if not database.exists():
        raise BooksError(f"{database}: nothing is published yet; run `tokenbooks run`")
    with warehouse_reader(database) as con:
        try:
            journals = read_journals(con, period, entity, minor_units())
        except duckdb.BinderException as error:
            cure = "it was published by another version; run `tokenbooks run`"
            raise BooksError(f"{database}: {cure}") from error
        if journals:
            return journals
        known = con.execute("select distinct period, entity_id from warehouse.finance.fct_postings order by all")
        booked = ", ".join(f"{month} {of}" for month, of in known.fetchall()) or "none at all"
    raise BooksError(f"{period}{f' {entity}' if entity else ''}: no journal is published for it; there are: {booked}")


def _target(books: Books, kind: str) -> Target:
    settings, findings = read_settings(books.company)
    if findings:
        raise BooksError("\n".join(str(finding) for finding in findings))
    target: Target = getattr(settings.journal_export, kind, Target())
    return target


def _stem(journal: Journal, kind: str) -> str:
    return f"journal-{journal.period}-{plain(journal.entity)}-{kind}"


def _paths(journal: Journal, kind: str, parts: int, folder: Path) -> list[Path]:
    stem = _stem(journal, kind) + ("-DRAFT" if journal.drafts else "")
    numbers = [f"-{n}of{parts}" for n in range(1, parts + 1)] if parts > 1 else [""]
    return [folder / f"{stem}{number}{FORMATS[kind].suffix}" for number in numbers]


def _outdated(journals: list[Journal], kind: str, folder: Path, paths: list[list[Path]]) -> list[Path]:
    """Files of an earlier export of these journals: a draft left beside the posted one would be imported twice."""
    stems = "|".join(re.escape(_stem(journal, kind)) for journal in journals)
    pattern = rf"({stems})(-DRAFT)?(-\d+of\d+)?" + re.escape(FORMATS[kind].suffix)
    keep = {path for own in paths for path in own}
    return [path for path in sorted(folder.glob("journal-*")) if re.fullmatch(pattern, path.name) and path not in keep]


def _distinct(paths: list[Path]) -> None:
    for path in paths:
        if paths.count(path) > 1:
            raise BooksError(f"{path}: two entities would take this name; export each alone, with --entity and --out")
