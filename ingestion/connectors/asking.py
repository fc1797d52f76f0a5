"""The requests of a pull: its days split to what one request may span, and the names filled into its texts.

Names: `start` and `end` (times in UTC, `end` excluded), `start_epoch`, `end_epoch` (seconds), `start_millis`,
`last_milli` (the last millisecond before `end`), `last` (the last day), what `over` lists, and what the company gives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from ingestion.connectors.declaration import Connector, Requests

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Call:
    """One request as it will be sent. The key is no part of it."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def sending(self, name: str, value: str | int) -> "Call":
        """The same request for another page."""
        if self.method == "POST":
            return Call(self.method, self.path, self.query, {**self.body, name: value})
        return Call(self.method, self.path, {**self.query, name: value}, self.body)


def windows(connector: Connector, start: date, end: date) -> Iterator[tuple[date, date]]:
    """The half-open days split to `longest`, each to be a delivery."""
    while start < end:
        until = min(end, start + timedelta(days=connector.longest))
        yield start, until
        start = until


def days(connector: Requests, window: tuple[date, date] | None) -> list[tuple[date, date] | None]:
    """The days that each request of a delivery is for."""
    if window is None or not connector.each_day:
        return [window]
    start, end = window
    return [(start + n * DAY, start + (n + 1) * DAY) for n in range((end - start).days)]


def _quoted(name: str, connector: Requests, value: str) -> str:
    """Ids of a list are one step of a path; what the company gives may be several. None leads up."""
    listed = connector.over is not None and connector.over.name == name
    return quote(value.replace("..", ""), safe="" if listed else "/")


def call(
    connector: Requests, window: tuple[date, date] | None, given: Mapping[str, str], path: str | None = None
) -> Call:
    """The connector's request for some days, first page; or that of its list, whose `path` then is given."""
    names = {**given, **(_times(*window) if window else {})}
    steps = {name: _quoted(name, connector, value) for name, value in given.items()}
    if path is not None and connector.over:
        return Call("GET", path.format_map(steps), _filled(connector.over.query, names))
    return Call(
        connector.method,
        connector.path.format_map(steps),
        _filled(connector.query, names),
        _filled(connector.body, names),
    )


def file(connector: Requests, window: tuple[date, date] | None, number: int) -> str:
    """The name of a page."""
    return f"{connector.file.format_map(_times(*window) if window else {})}-{number:04}.json"


def _times(start: date, end: date) -> dict[str, Any]:
    first, after = (datetime.combine(day, time(), UTC) for day in (start, end))
    seconds, until = int(first.timestamp()), int(after.timestamp())
    millis = {"start_millis": seconds * 1000, "last_milli": until * 1000 - 1}
    return {"start": first, "end": after, "last": after - DAY, "start_epoch": seconds, "end_epoch": until, **millis}


def _filled(value: Any, names: Mapping[str, Any]) -> Any:
    """A query or body with its names replaced; a text that is a name alone keeps its kind, so numbers stay numbers."""
    if isinstance(value, dict):
        return {key: _filled(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, names) for inner in value]
    if not isinstance(value, str):
        return value
    alone = names.get(value[1:-1]) if value.startswith("{") and value.endswith("}") else None
    return alone if isinstance(alone, int) else value.format_map(names)
