"""Where a company's books are: one directory, found by `--books` or TOKENBOOKS_HOME, and the paths inside it.

Nothing else in the product knows a path of the books; a file that is not under one of these does not exist.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOMS = ("company", "landing", "archive", "quarantine", "lake", "ledger", "evidence", "published")
# What tells books from any other directory: both are there from `tokenbooks init` on, and nothing removes them.
MARKS = ("company", "landing")


class BooksError(Exception):
    """An error a person can cure: the message says what is wrong and what to do, and no stack trace is shown."""


class Settings(BaseSettings):
    """The environment of a command: TOKENBOOKS_HOME is the books directory, ./books unless set."""

    model_config = SettingsConfigDict(env_prefix="TOKENBOOKS_")

    home: str = "books"


class Doors(BaseSettings):
    """What wakes the flows besides landing and the clock: TOKENBOOKS_QUEUE, as JSON, nothing unless set.

    It holds what Airflow's MessageQueueTrigger is made with: `scheme`, and the parameters of that provider's trigger.
    Secrets belong in the Airflow connection that it names, since Airflow stores a trigger's parameters.
    Raises pydantic's SettingsError, which names the setting, for what is no JSON.
    """

    model_config = SettingsConfigDict(env_prefix="TOKENBOOKS_")

    queue: dict[str, Any] = {}


@dataclass(frozen=True)
class Books:
    """The paths of one books directory (design.md section 4). `open` for books that exist, `create` for new ones."""

    home: Path

    @classmethod
    def open(cls, home: Path | str | None = None) -> Self:
        """The books in `home`, else in TOKENBOOKS_HOME, else in ./books.

        Raises BooksError when that is not a books directory.
        """
        books = cls(local_path(home if home is not None else Settings().home))
        if not books.home.is_dir():
            raise BooksError(f"{books.home}: no such directory; make books there with `tokenbooks init {books.home}`")
        missing = [name for name in MARKS if not (books.home / name).is_dir()]
        if missing:
            raise BooksError(
                f"{books.home}: not a books directory ({', '.join(missing)}/ is missing); "
                f"name one with --books or TOKENBOOKS_HOME, or make one with `tokenbooks init DIR`"
            )
        return books

    @classmethod
    def create(cls, home: Path | str) -> Self:
        """The books in `home` with every directory of the skeleton made; what is there already stays."""
        books = cls(local_path(home))
        for name in ROOMS:
            (books.home / name).mkdir(parents=True, exist_ok=True)
        return books

    @property
    def company(self) -> Path:
        """What finance and HR maintain, as CSV and YAML."""
        return self.home / "company"

    @property
    def landing(self) -> Path:
        """Where exports are dropped: `landing/<source>/<account>/<delivery>`."""
        return self.home / "landing"

    @property
    def archive(self) -> Path:
        """Exports as received, named by their sha256, written once."""
        return self.home / "archive"

    @property
    def quarantine(self) -> Path:
        """Refused exports with their verdict and the rows that broke each rule."""
        return self.home / "quarantine"

    @property
    def lake(self) -> Path:
        """Typed Parquet per dataset, source and period."""
        return self.home / "lake"

    @property
    def ledger(self) -> Path:
        """Posted journal lines: history, never rewritten."""
        return self.home / "ledger"

    @property
    def evidence(self) -> Path:
        """Manifests of loads and builds, and the verdicts of the gates."""
        return self.home / "evidence"

    @property
    def published(self) -> Path:
        """What people open; never a name, an e-mail or a salary."""
        return self.home / "published"

    @property
    def warehouse(self) -> Path:
        """The database private to `build`: a cache that may be deleted at any time."""
        return self.home / "warehouse.duckdb"


def local_path(home: Path | str) -> Path:
    """`home` as an absolute local path. Raises BooksError for a URL: books lie on a file system."""
    if "://" in str(home):
        raise BooksError(f"{home}: books lie in a directory of a file system; mount the store and name the directory")
    return Path(home).expanduser().absolute()
