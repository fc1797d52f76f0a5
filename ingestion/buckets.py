"""What days a delivery of buckets states, empty ones included, and whether its buckets can be right."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

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
    last = bounds[-1][1]
    return bounds[0][0].date(), (last + timedelta(days=1, microseconds=-1)).date()


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
