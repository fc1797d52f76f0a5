"""Where a company's books are: one directory, found by `--books` or TOKENBOOKS_HOME, and the paths inside it.

Nothing else in the product knows a path of the books; a file that is not under one of these does not exist. Four
rooms may lie on an object store instead; their path is then that of a working copy, which pipeline/store.py keeps.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pydantic_settings import BaseSettings, SettingsConfigDict

ROOMS = ("company", "landing", "archive", "quarantine", "lake", "ledger", "evidence", "published")
# What tells books from any other directory: both are there from `tokenbooks init` on, and nothing removes them.
MARKS = ("company", "landing")
# The rooms that an environment variable may put on an object store: TOKENBOOKS_LANDING=s3://bucket/landing.
MOVABLE = ("landing", "archive", "lake", "published")
WORKING = ".rooms"
URL = re.compile(r"[a-z][a-z0-9+]*://[^@]+")


class BooksError(Exception):
    """An error a person can cure: the message says what is wrong and what to do, and no stack trace is shown."""


class Settings(BaseSettings):
    """The environment of a command: TOKENBOOKS_HOME is the books directory, ./books unless set.

    TOKENBOOKS_LANDING, _ARCHIVE, _LAKE and _PUBLISHED are URLs of object stores; a room without one lies in the home.
    """

    model_config = SettingsConfigDict(env_prefix="TOKENBOOKS_")

    home: str = "books"
    landing: str = ""
    archive: str = ""
    lake: str = ""
    published: str = ""

    def urls(self) -> dict[str, str]:
        """The URL of each room that lies on an object store. Raises BooksError for what is none."""
        named = {room: str(getattr(self, room)).rstrip("/") for room in MOVABLE if getattr(self, room)}
        for room, url in named.items():
            if not URL.fullmatch(url) or url.startswith(("file:", "local:")):
                raise BooksError(
                    f"TOKENBOOKS_{room.upper()}: must be the URL of an object store such as s3://bucket/{room}, "
                    "without credentials (they come from the environment); leave it unset for a room in the home"
                )
        if len(set(named.values())) < len(named):
            raise BooksError(f"two of TOKENBOOKS_{', _'.join(map(str.upper, named))} are the same: give each its own")
        return named


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
    urls: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def at(cls, home: Path | str | None = None) -> Self:
        """The paths of the books in `home`, else in TOKENBOOKS_HOME, else in ./books, whether they exist or not."""
        settings = Settings()
        return cls(local_path(home if home is not None else settings.home), settings.urls())

    @classmethod
    def open(cls, home: Path | str | None = None) -> Self:
        """The books in `home`, else in TOKENBOOKS_HOME, else in ./books.

        Raises BooksError when that is not a books directory.
        """
        books = cls.at(home)
        if not books.home.is_dir():
            raise BooksError(f"{books.home}: no such directory; make books there with `tokenbooks init {books.home}`")
        missing = [name for name in MARKS if name not in books.urls and not (books.home / name).is_dir()]
        if missing:
            raise BooksError(
                f"{books.home}: not a books directory ({', '.join(missing)}/ is missing); "
                f"name one with --books or TOKENBOOKS_HOME, or make one with `tokenbooks init DIR`"
            )
        books._nothing_left_behind()
        return books

    @classmethod
    def create(cls, home: Path | str) -> Self:
        """The books in `home` with every directory of the skeleton made; what is there already stays."""
        books = cls.at(home)
        for name in ROOMS:
            books.room(name).mkdir(parents=True, exist_ok=True)
        return books

    def room(self, name: str) -> Path:
        """The local path of a room; of one on an object store that of its working copy."""
        return self.home / WORKING / name if name in self.urls else self.home / name

    def place(self, name: str) -> str:
        """Where people find a room: its URL, or its path."""
        return self.urls.get(name) or str(self.room(name))

    def _nothing_left_behind(self) -> None:
        """Raises BooksError for exports or rows that would be overlooked, since their room is elsewhere now."""
        for name, url in self.urls.items():
            left = self.home / name
            if left.is_dir() and any(path.is_file() for path in left.rglob("*")):
                raise BooksError(f"{left}: holds files, but {name} lies on {url}; copy them there and remove {left}")

    @property
    def company(self) -> Path:
        """What finance and HR maintain, as CSV and YAML."""
        return self.home / "company"

    @property
    def landing(self) -> Path:
        """Where exports are dropped: `landing/<source>/<account>/<delivery>`."""
        return self.room("landing")

    @property
    def archive(self) -> Path:
        """Exports as received, named by their sha256, written once."""
        return self.room("archive")

    @property
    def quarantine(self) -> Path:
        """Refused exports with their verdict and the rows that broke each rule."""
        return self.home / "quarantine"

    @property
    def lake(self) -> Path:
        """Typed Parquet per dataset, source and period."""
        return self.room("lake")

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
        return self.room("published")

    @property
    def warehouse(self) -> Path:
        """The database private to `build`: a cache that may be deleted at any time."""
        return self.home / "warehouse.duckdb"


def local_path(home: Path | str) -> Path:
    """`home` as an absolute local path. Raises BooksError for a URL: books lie on a file system."""
    if "://" in str(home):
        raise BooksError(
            f"{home}: books lie in a directory; name one, and put rooms of it on a store by TOKENBOOKS_LANDING, "
            "_ARCHIVE, _LAKE and _PUBLISHED"
        )
    return Path(home).expanduser().absolute()
