"""What days a delivery of buckets states, empty ones included, and whether its buckets can be right.

The buckets of pages are looked at one by one; those of a table, where each row names its own, as columns.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import duckdb

from ingestion import casting
from ingestion.casting import quoted
from ingestion.declared import Buckets
from ingestion.findings import ExportRefused, Finding, shortened
from ingestion.registry import Source

PLAUSIBLE = (datetime(2015, 1, 1), datetime(2100, 1, 1))  # before and after nobody billed tokens: wrong unit of time
AGAIN = "fetch the whole window again and deliver all its pages as one folder"


def window(buckets: list[tuple[str, str, str]], source: Source) -> tuple[date, date]:
    """The half-open days from the first bucket to the last. `buckets` are (start, end, page) in order.

    Raises ExportRefused for no bucket at all, a bucket that is none, a repeat, and, where the provider returns
    empty buckets too, a gap.
    """
    if not buckets or source.buckets is None:
        raise ExportRefused([Finding("empty", "states no bucket at all", "ask the API for at least one day")])
    kind = source.columns[source.buckets.start].type
    bounds = [(_time(start, kind, page), _time(end, kind, page), page) for start, end, page in buckets]
    findings = [fault for bound in bounds if (fault := _fault(*bound))]
    if not findings:
        findings = _sequence_faults(bounds, source.buckets.unbroken)
    if findings:
        raise ExportRefused(findings)
    return _days(bounds[0][0], bounds[-1][1])


def none_filled(columns: Collection[str], bounds: Buckets) -> bool:
    """Whether a table has the columns of its buckets and no others, since nothing was used in any."""
    return {bounds.start, bounds.end} <= set(columns) <= {bounds.start, bounds.end, *bounds.beside}


def is_filled(columns: Collection[str], bounds: Buckets) -> str:
    """SQL that is true for a row of a table with these columns that tells more than its bucket."""
    told = sorted(set(columns) - {bounds.start, bounds.end, *bounds.beside})
    return f"coalesce({', '.join(map(quoted, told))}) IS NOT NULL" if told else "false"


def window_of_table(con: duckdb.DuckDBPyConnection, name: str, source: Source) -> tuple[date, date]:
    """The half-open days of the buckets that the rows of the view `lines` name; `name` is that of the first file.

    Raises ExportRefused, and what DuckDB raises for a bound that is no time.
    """
    if source.buckets is None:
        raise ValueError(f"{source.id} has no buckets")
    start, end = (casting.strict(name, source.columns[name]) for name in (source.buckets.start, source.buckets.end))
    query = f"SELECT min({start}), max({end}), min({start}) FILTER ({start} >= {end}) FROM lines"
    first, last, backwards = con.execute(query).fetchall()[0]
    if first is None:
        raise ExportRefused([Finding("empty", "states no bucket at all", "export at least one day", name)])
    fault = _fault(first, last, name)
    if backwards:
        fault = Finding("window", f"has a bucket of {backwards} that ends before it starts", AGAIN, name)
    if fault:
        raise ExportRefused([fault])
    return _days(first, last)


def _days(start: datetime, end: datetime) -> tuple[date, date]:
    return start.date(), (end + timedelta(days=1, microseconds=-1)).date()


def _time(text: str, kind: str, page: str) -> datetime:
    try:
        if kind == "epoch_seconds":
            return datetime.fromtimestamp(int(text), UTC).replace(tzinfo=None)
        stated = datetime.fromisoformat(text)
        return stated.astimezone(UTC).replace(tzinfo=None) if stated.tzinfo else stated
    except (ValueError, OverflowError, OSError):
        should = "Unix seconds" if kind == "epoch_seconds" else "a time such as 2026-09-01T00:00:00Z"
        finding = Finding("window", f"has a bucket bounded by {shortened(text)}, which is not {should}", AGAIN, page)
        raise ExportRefused([finding]) from None


def _fault(start: datetime, end: datetime, page: str) -> Finding | None:
    if not (PLAUSIBLE[0] <= start and end <= PLAUSIBLE[1]):
        return Finding("window", f"has a bucket of {start} to {end}: no such date can be billed", AGAIN, page)
    if start >= end:
        return Finding("window", f"has a bucket that ends at {end}, before it starts at {start}", AGAIN, page)
    return None


def _sequence_faults(bounds: list[tuple[datetime, datetime, str]], unbroken: bool) -> list[Finding]:
    faults = []
    for (_, end, _), (start, _, page) in pairwise(bounds):
        if start < end:
            faults.append(Finding("window", f"repeats the bucket of {start}, or is out of order", AGAIN, page))
        elif unbroken and start > end:
            faults.append(Finding("window", f"lacks the buckets between {end} and {start}", AGAIN, page))
    return faults
