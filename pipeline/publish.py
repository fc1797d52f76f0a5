"""What people open is brought up to date with the warehouse and the verdicts, file by file, each swapped whole.

`published/manifest.json`, written last, says what is out. What it does not vouch for is written again: so a
publication that was killed heals, and one that changed nothing writes nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.build import Progress
from pipeline.content import digest, folder_hash, write_whole
from pipeline.lock import locked
from pipeline.settings import Books, BooksError

HERE = Path(__file__).resolve().parent
MANIFEST = "manifest.json"


class NotBuilt(BooksError):
    """The warehouse does not hold whole books, so its figures stay inside."""


@dataclass(frozen=True)
class PublishReport:
    """What a publication did: files written and removed, relative to published/. Both empty: all of it was out."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass
class _Publication:
    """One publication at work: what was out, what is to be out, and what it did about it.

    `out` maps a key (`parquet/fct_charges/2026-08`) to the digest it was made from and the files it is made of.
    """

    books: Books
    progress: Progress | None
    before: dict[str, Any]
    out: dict[str, Any] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    def stands(self, key: str, made_from: str) -> bool:
        """Whether `key` is out as made from this; if so it is kept as it is."""
        entry = self.before.get(key)
        if not entry or entry["made_from"] != made_from or not _whole(self.books.published, entry["files"]):
            return False
        self.out[key] = entry
        return True

    def wrote(self, key: str, made_from: str, files: list[Path]) -> None:
        """`key` is out now, made of these files."""
        if self.progress:
            self.progress(f"publish {key}")
        sizes = {str(path.relative_to(self.books.published)): path.stat().st_size for path in sorted(files)}
        self.out[key] = {"made_from": made_from, "files": sizes}
        self.written += sizes


def publish(books: Books, progress: Progress | None = None) -> PublishReport:
    """Publish figures and verdicts; nothing when all of it is out already.

    Raises NotBuilt when the last build did not end well, StatementError when a statement would not tie: what is not
    in doubt, the verdicts above all, is published then, and the rest stays as it was.
    """
    with locked(books, progress):
        at_work = _Publication(books, progress, _read(books.published / MANIFEST))
        _validation(at_work)
        try:
            _figures(at_work)
        except BooksError:
            at_work.out = {**at_work.before, **at_work.out}
            _finish(at_work)
            raise
        return _finish(at_work)


def unpublished(books: Books) -> bool:
    """Whether built figures or verdicts are not out yet: compares hashes and sizes, waits for nobody.

    Raises BooksError when a step is at work on the warehouse.
    """
    at_work = _Publication(books, None, _read(books.published / MANIFEST))
    verdicts = _verdicts(books)
    if verdicts and not at_work.stands("validation", verdicts):
        return True
    try:
        output = _built(books)
    except NotBuilt:
        return False
    return bool(output) and not at_work.stands("database", digest(output))


def _validation(at_work: _Publication) -> None:
    """The validation site, whenever a verdict came or changed."""
    verdicts, site = _verdicts(at_work.books), at_work.books.published / "validation"
    if not verdicts or at_work.stands("validation", verdicts):
        return
    from pipeline.validation_site import write_site

    write_site(at_work.books.evidence / "validation", site)
    at_work.wrote("validation", verdicts, [path for path in site.rglob("*") if path.is_file()])


def _verdicts(books: Books) -> str:
    """Which verdicts there are and when each was written, as one hash; empty when there are none."""
    folder = books.evidence / "validation"
    found = sorted(path for path in folder.rglob("*.json") if not path.name.startswith("."))
    stats = [(str(path.relative_to(folder)), path.stat()) for path in found]
    return digest([_drawn_by(), [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]]) if found else ""


def _drawn_by() -> str:
    """What draws the pages: when it changes, so do they."""
    return digest([folder_hash(HERE / "statement"), folder_hash(HERE / "templates"), folder_hash(HERE, ("_site.py",))])


def _figures(at_work: _Publication) -> None:
    """Database, Parquet, journals and statements: what follows from the finance tables."""
    output = _built(at_work.books)
    if not output:
        return
    from pipeline import serving
    from pipeline.journal_export import write_published

    published, warehouse = at_work.books.published, at_work.books.warehouse
    with serving.warehouse_reader(warehouse) as con:
        if not at_work.stands("database", digest(output)):
            path = published / "finance.duckdb"
            serving.write_database(con, path, sorted({model for model, _, _ in output}))
            at_work.wrote("database", digest(output), [path])
        for model, period, made_from in output:
            key = f"parquet/{model}/{period or model}"
            if not at_work.stands(key, made_from):
                path = published / f"{key}.parquet"
                serving.write_parquet(con, path, model, period)
                at_work.wrote(key, made_from, [path])
        for period, lines in _by_period(output, ("fct_postings", "fct_journal_entries")):
            made_from = digest([folder_hash(HERE / "journal_export"), lines])
            if not at_work.stands(key := f"journals/{period}", made_from):
                at_work.wrote(key, made_from, write_published(con, published / "journals", period))
        stated = con.execute("select distinct period from warehouse.finance.rpt_cost_statement order by 1").fetchall()
    _statements(at_work, output, [period for (period,) in stated])


def _statements(at_work: _Publication, output: list[tuple[str, str, str]], stated: list[str]) -> None:
    """The statement of every period that has one, and their index.

    A statement shows the months before it too, and so is redrawn when one of them changes.
    """
    from pipeline.statement import write_statements

    models = tuple(model for model, period, _ in output if period)
    changed, so_far = {}, digest([_drawn_by(), [made_from for _, period, made_from in output if not period]])
    for period, made_from in _by_period(output, models):
        so_far = digest([so_far, made_from])
        if period in stated and not at_work.stands(f"statements/{period}", so_far):
            changed[period] = so_far
    index = digest([so_far, stated])
    if not stated or (at_work.stands("statements/index", index) and not changed):
        return
    folder = at_work.books.published / "statements"
    write_statements(at_work.books.warehouse, folder, list(changed) or stated[-1:])
    for period, made_from in changed.items():
        at_work.wrote(f"statements/{period}", made_from, sorted(folder.glob(f"{period}*")))
    at_work.wrote("statements/index", index, [folder / "index.html"])


def _built(books: Books) -> list[tuple[str, str, str]]:
    """(model, period, digest of rows and columns) of all that is built; empty when nothing ever was.

    Raises NotBuilt when a period of the warehouse is not built from end to end.
    """
    from pipeline.warehouse import read_output, read_state

    unfinished = sorted(period for period, inputs in read_state(books).items() if not inputs)
    if unfinished:
        raise NotBuilt(
            f"{books.warehouse}: {', '.join(unfinished)} not built to the end, so no figures are published; "
            "run `tokenbooks build` and cure what it names"
        )
    return read_output(books)


def _by_period(output: list[tuple[str, str, str]], models: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(period, digest over these models), in order of period."""
    for period in sorted({period for _, period, _ in output if period}):
        yield period, digest([(m, made_from) for m, p, made_from in output if p == period and m in models])


def _whole(published: Path, files: dict[str, int]) -> bool:
    """Whether every file is there with the size it was written with."""
    try:
        return all((published / name).stat().st_size == size for name, size in files.items())
    except OSError:
        return False


def _read(manifest: Path) -> dict[str, Any]:
    """What the last publication vouched for; nothing when there is none or it cannot be read."""
    try:
        return dict(json.loads(manifest.read_text())["out"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _finish(at_work: _Publication) -> PublishReport:
    """Remove what is out no longer, and vouch for the rest."""
    published = at_work.books.published
    keep = {name for entry in at_work.out.values() for name in entry["files"]}
    gone = sorted({name for entry in at_work.before.values() for name in entry["files"]} - keep)
    for name in gone:
        (published / name).unlink(missing_ok=True)
    written = at_work.written
    if "published" in at_work.books.urls:
        from pipeline.shipping import ship

        written, gone = ship(at_work.books, at_work.out)
    if at_work.out != at_work.before:
        write_whole(published / MANIFEST, json.dumps({"out": at_work.out}, indent=1, sort_keys=True))
    return PublishReport(written, gone)
