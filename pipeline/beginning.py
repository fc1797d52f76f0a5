"""The beginning of books: an empty directory with the forms to fill in, or the sample company."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.settings import Books, BooksError, local_path


@dataclass(frozen=True)
class Beginning:
    """What `init` made: files of the company, exports in landing, relative to `home`; both empty if nothing changed."""

    home: Path
    company: list[str] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)


def begin(directory: Path, sample: bool = False, with_exports: bool = True, whole: bool = True) -> Beginning:
    """Make books in `directory`; what is there already stays as it is.

    Of the sample, `whole` has every export there is, otherwise those of its story alone.

    Raises BooksError for a directory that holds something else, or a company other than the sample.
    """
    home = local_path(directory)
    _refuse_others(home, sample, whole)
    books = Books.create(home)
    before = _files(books.company)
    if sample:
        from pipeline.sample import write_company

        write_company(books.home, whole)
    else:
        from pipeline.company import write_empty_company

        write_empty_company(books.company)
    written = sorted(str(path.relative_to(home)) for path in _files(books.company) - before)
    return Beginning(home, written, deliver(books, whole) if sample and with_exports else [])


def deliver(books: Books, whole: bool = True) -> list[str]:
    """Put the sample's exports into landing, as providers would; what is there already stays."""
    from pipeline.landed import hand_over
    from pipeline.sample import deliver_sample

    delivered = deliver_sample(books.landing.parent, whole=whole)
    hand_over(books)
    return [str(path.relative_to(books.landing.parent)) for path in delivered]


def _refuse_others(home: Path, sample: bool, whole: bool) -> None:
    if home.is_file() or (home.is_dir() and any(home.iterdir()) and not _is_books(home)):
        raise BooksError(f"{home}: is not empty and not a books directory; name a new or an empty directory")
    if sample and _is_books(home) and not _is_sample(home, whole):
        raise BooksError(f"{home}: holds the books of another company; name another directory for the sample")


def _is_books(home: Path) -> bool:
    try:
        Books.open(home)
    except BooksError:
        return False
    return True


def _is_sample(home: Path, whole: bool) -> bool:
    """Whether the company there is the sample, also one of which only a part was written before a crash."""
    from pipeline.sample.company import company_files

    sample = dict(company_files(whole))
    company = home / "company"
    key = company / "pseudonym.key"
    if key.exists():
        return key.read_bytes() == sample["pseudonym.key"]
    return all(path.read_bytes() == sample.get(str(path.relative_to(company))) for path in _files(company))


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
