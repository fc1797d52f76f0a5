"""A pull: a delivery fetched in the workroom, checked as the loader will read it, then shown to landing at once."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Generic, TypeVar

from ingestion import Part
from ingestion.connectors.declaration import Connector
from ingestion.connectors.record import PullRecord
from ingestion.connectors.trying import PullRefused, Trying
from ingestion.connectors.workroom import Workroom
from ingestion.findings import ExportRefused

C = TypeVar("C", bound=Connector)
W = TypeVar("W", bound=Trying)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Pull(ABC, Generic[C, W]):
    """One delivery to be fetched: a connector, the account it is for, its half-open days, and what the company gives.

    `transport` is the way to the provider. `landing` and `evidence` are folders; `now` tells the time, in UTC.
    """

    connector: C
    account: str
    window: tuple[date, date] | None
    given: Mapping[str, str]
    transport: W
    landing: Path
    evidence: Path
    progress: Callable[[str], None] = lambda _: None
    now: Callable[[], datetime] = _now
    record: PullRecord = field(init=False)
    room: Workroom = field(init=False)

    def __post_init__(self) -> None:
        asked = self.connector.model_dump(mode="json", exclude={"source"})
        said = json.dumps([asked, self.transport.access.base_url, dict(self.given), str(self.window)], sort_keys=True)
        request = hashlib.sha256(said.encode()).hexdigest()[:16]
        self.room = Workroom(self.landing, self.evidence, self.connector.source.id, self.account, request)
        self.record = self._anew()

    def run(self) -> PullRecord:
        """Fetch everything, check it, and put it into landing. Raises PullRefused, or Unavailable to come again."""
        with self.room.alone(self.now()):
            self.record = self.room.begun(self.record)
            self._fetch_until_whole()
            try:
                self._check()
            except (ExportRefused, PullRefused) as error:
                self.room.discard()
                raise PullRefused(f"{self.connector.source.id} of {self.account}: {error}") from None
            self.record.completed_at = self.now()
            return self.room.finish(self.record, lands=self._states_anything())

    @abstractmethod
    def _fetch_until_whole(self) -> None:
        """Everything, into the room and the record."""

    @abstractmethod
    def _check(self) -> None:
        """All of it together, against what was asked for. Raises ExportRefused or PullRefused."""

    @abstractmethod
    def _states_anything(self) -> bool:
        """Whether there is something to load."""

    def count(self) -> None:
        """Note what the transport sent and overcame."""
        requests, retried = self.transport.told()
        self.record.requests += requests
        self.record.retried += retried

    def parts(self) -> list[Part]:
        """The files of the delivery as they lie in the room."""
        return [Part(page.file, page.sha256, page.bytes, self.room.page(page.file)) for page in self.record.pages]

    def _anew(self) -> PullRecord:
        start, end = self.window or (None, None)
        return PullRecord(
            source=self.connector.source.id,
            account=self.account,
            api=self.connector.api.id,
            base_url=self.transport.access.base_url,
            start=start,
            end=end,
            began_at=self.now(),
        )
