"""What a pull did, kept so that a delivery can be proven whole later: every request, and the hash of every page.

While pages are being fetched it is also the state from which an interrupted pull goes on.
"""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel


class Page(BaseModel):
    """One answer: the request without its key, the provider's id of it, and what came. `next` asks for the page after.

    `series` is the day or the item of a list that the request was made for; `file` is empty for a list's own pages.
    Of a table, `body` has the statement, `request_id` is the moment it shows, as the server names it, and nothing else
    has a status; `file` is empty if it had no rows.
    """

    series: str
    file: str
    method: str
    path: str
    query: dict[str, Any]
    body: dict[str, Any]
    status: int | None = None
    request_id: str | None
    fetched_at: datetime
    bytes: int
    sha256: str
    records: int
    next: str | int | None


class PullRecord(BaseModel):
    """A pull from its first request on. `complete`: all pages are there and were checked together.

    `delivery` is its name in landing; empty when the provider had nothing to state for these days.
    `requests` counts those that failed too; `retried` says why they did. `restarts`: begun anew from page one.
    """

    source: str
    account: str
    api: str
    base_url: str
    start: date | None
    end: date | None
    began_at: datetime
    completed_at: datetime | None = None
    complete: bool = False
    delivery: str = ""
    requests: int = 0
    restarts: int = 0
    retried: list[str] = []
    lists: list[Page] = []
    pages: list[Page] = []

    @property
    def name(self) -> str:
        """The name of the delivery: its days, and when its first page was fetched, since when it may have changed."""
        first = self.pages[0].fetched_at if self.pages else self.began_at
        days = f"{self.start}_{self.end}_" if self.start else ""
        return f"{days}{first:%Y-%m-%dT%H%M%SZ}"

    def write(self, path: Path) -> None:
        """Put the record into its place at once, or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        beside.write_text(self.model_dump_json(indent=1) + "\n")
        os.replace(beside, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The record in a file."""
        return cls.model_validate_json(path.read_text())


def records_of(evidence: Path, source: str, account: str) -> list[PullRecord]:
    """Every pull of an account's export that was completed, oldest first."""
    files = sorted((evidence / source / account).glob("*.json"))
    return sorted((PullRecord.read(file) for file in files), key=lambda record: record.began_at)
