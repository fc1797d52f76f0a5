"""The engine for APIs: every page of every request of a delivery, checked one by one and as a whole."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingestion import buckets, windows
from ingestion.connectors.asking import Call, call, days
from ingestion.connectors.asking import file as page_name
from ingestion.connectors.declaration import Paging, Requests
from ingestion.connectors.following import Shifted, first, following, refuse_repeats, refuse_shifted
from ingestion.connectors.pulling import Pull
from ingestion.connectors.record import Page
from ingestion.connectors.transport import CursorExpired, Transport
from ingestion.connectors.trying import PullRefused
from ingestion.pages import at, read_page, read_pages

RESTARTS = 3


@dataclass
class PagesPull(Pull[Requests, Transport]):
    """Fetches the pages of an API over HTTP."""

    def _fetch_until_whole(self) -> None:
        while True:
            try:
                return self._fetch()
            except (CursorExpired, Shifted) as error:
                if self.record.restarts == RESTARTS:
                    self.room.discard()
                    raise PullRefused(f"{error}; begun anew {RESTARTS} times in vain. Pull fewer days") from None
                self.room.discard()
                told = [*self.record.retried, f"begun anew: {error}"]
                counts = {"requests": self.record.requests, "restarts": self.record.restarts + 1, "retried": told}
                self.record = self._anew().model_copy(update=counts)
            except PullRefused:
                if self.record.pages:
                    self.room.keep(self.record)  # with what failed, for who asks why it took so long
                raise

    def _fetch(self) -> None:
        """All series of pages; those that are there are left out."""
        over = self.connector.over
        self.record.lists = []
        for item in list(self._items()) if over else [""]:
            given = {**self.given, over.name: item} if over else self.given
            for window in days(self.connector, self.window):
                series = item or (str(window[0]) if window and self.connector.each_day else "")
                self._fetch_series(series, call(self.connector, window, given))

    def _fetch_series(self, series: str, asked: Call) -> None:
        paging = self.connector.paging
        kept = [page for page in self.record.pages if page.series == series]
        while not kept or kept[-1].next is not None:
            kept.append(self._fetch_page(series, self._asking(asked, paging, kept), kept))
            refuse_repeats(kept, paging)  # at once: pages that repeat may never end
        if paging and paging.total:
            refuse_shifted([at(self._read(page.file), paging.total) for page in kept], kept, paging)

    @staticmethod
    def _asking(asked: Call, paging: Paging | None, before: list[Page]) -> Call:
        token = before[-1].next if before else None
        return asked.sending(paging.send, token) if paging and token is not None else first(asked, paging)

    def _fetch_page(self, series: str, asking: Call, before: list[Page]) -> Page:
        """One page, written to the room."""
        file = page_name(self.connector, self.window, len(self.record.pages) + 1)
        of_days = f" of {self.window[0]} to {self.window[1]}" if self.window else ""
        self.progress(f"fetching {self.connector.source.id} of {self.account}{of_days}: {file}")
        page, content, found = self._answer(asking, self.connector.paging, before, series)
        records = at(found, (self.connector.source.records or "").split("[]")[0])
        page = page.model_copy(update={"file": file, "records": len(records) if isinstance(records, list) else 0})
        self.record.pages.append(page)
        self.room.keep(self.record, file, content)
        return page

    def _answer(
        self, asking: Call, paging: Paging | None, before: list[Page], series: str = ""
    ) -> tuple[Page, bytes, dict[str, Any]]:
        """An answer as the record has it, its bytes, and what it says."""
        try:
            answer = self.transport.fetch(asking)
        finally:
            self.count()
        found: Any = json.loads(answer.content)
        place = f"{self.transport.host}{asking.path}"
        if not isinstance(found, dict):
            raise PullRefused(f"{place}: does not answer with an object")
        page = Page(
            series=series,
            file="",
            **{name: getattr(asking, name) for name in ("method", "path", "query", "body")},
            status=answer.status,
            request_id=answer.request_id,
            fetched_at=answer.fetched_at,
            bytes=len(answer.content),
            sha256=hashlib.sha256(answer.content).hexdigest(),
            records=0,
            next=following(found, paging, place, before),
        )
        return page, answer.content, found

    def _items(self) -> Iterator[str]:
        """The ids of the list that the request is made over."""
        over = self.connector.over
        assert over is not None
        asked = call(self.connector, self.window, self.given, over.path)
        lists = self.record.lists
        while not lists or lists[-1].next is not None:
            asking = self._asking(asked, over.paging, lists)
            page, _, found = self._answer(asking, over.paging, lists)
            items = at(found, over.records)
            if not isinstance(items, list) or not all(isinstance(item, dict) and item.get(over.id) for item in items):
                raise PullRefused(f"{self.transport.host}{asking.path}: has no list {over.records} with {over.id}")
            lists.append(page.model_copy(update={"records": len(items)}))
            yield from (str(item[over.id]) for item in items)

    def _read(self, file: str) -> dict[str, Any]:
        return read_page(self.room.page(file), file, self.connector.source)

    def _check(self) -> None:
        """All pages together, as the loader will read them, and against the days that were asked for."""
        source, parts = self.connector.source, self.parts()
        read = read_pages(parts, source) if parts else None
        if read and source.buckets and self.window:
            start, end = buckets.window(read.buckets, source)
            asked = self.window[0], min(self.window[1], self.now().date())
            if source.buckets.unbroken and (start > asked[0] or end < asked[1]):
                raise PullRefused(f"states {start} to {end}, not all of {asked[0]} to {asked[1]}; pull again later")

    def _states_anything(self) -> bool:
        """Whether there is something to load: of days without a record, buckets or the pages' names must tell."""
        source, parts = self.connector.source, self.parts()
        stated = source.buckets or (parts and windows.of_name(parts, source))
        return bool(stated or any(page.records for page in self.record.pages))
