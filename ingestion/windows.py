"""What days an export states where no buckets say so: by its name, its billing periods or its rows' own dates."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb

from ingestion import focus
from ingestion.archive import Part
from ingestion.casting import literal
from ingestion.findings import ExportRefused, Finding
from ingestion.registry import Source

ALWAYS = (date(1970, 1, 1), date(2100, 1, 1))  # a list of what there is states no days


def of_name(parts: Sequence[Part], source: Source) -> tuple[date, date] | None:
    """The half-open days that a delivery's name tells, if its source knows how; raises ExportRefused where it must."""
    if source.window == "snapshot":
        return ALWAYS
    if not source.name or source.buckets:
        return None
    found = re.search(source.name.pattern, parts[0].name)
    if found is None:
        if not source.name.required:
            return None
        message = f"is named {parts[0].name}, which does not tell from when to when it is"
        cure = f"give it back the name it was exported under: {source.name.pattern}"
        raise ExportRefused([Finding("name", message, cure, parts[0].name)])
    try:
        start, end = (date.fromisoformat(found[group]) for group in ("start", "end"))
    except ValueError as error:
        cure = "give it back the name it was exported under"
        raise ExportRefused([Finding("name", f"has a name that tells no day: {error}", cure, parts[0].name)]) from None
    end += timedelta(days=source.name.ends == "inclusive")
    if start >= end:
        cure = "export it again from an earlier to a later day"
        raise ExportRefused([Finding("name", "has a name whose days end before they begin", cure, parts[0].name)])
    return start, end


def of_rows(con: duckdb.DuckDBPyConnection, files: Sequence[Path], source: Source) -> tuple[date, date]:
    """The half-open days of the loaded rows. Raises ExportRefused where whole billing periods are called for."""
    read = f"read_parquet([{', '.join(literal(str(file)) for file in files)}], hive_partitioning = false)"
    if source.window == "billing_period":
        return _billing_periods(con, read)
    day = f"CAST({focus.SERVICE_DATE[source.dataset]} AS DATE)"
    ((start, last),) = con.execute(f"SELECT min({day}), max({day}) FROM {read}").fetchall()
    return start, last + timedelta(days=1)


def _billing_periods(con: duckdb.DuckDBPyConnection, read: str) -> tuple[date, date]:
    """The billing periods that rows name. A period left out between two is refused."""
    query = "CAST(BillingPeriodStart AS DATE), CAST(max(BillingPeriodEnd) AS DATE)"
    spans = con.execute(f"SELECT {query} FROM {read} GROUP BY ALL ORDER BY ALL").fetchall()
    cure = "every row needs the billing period it is billed in; export whole billing periods"
    if any(start is None or end is None or start >= end for start, end in spans):
        raise ExportRefused([Finding("window", "has rows without a whole billing period", cure)])
    for (_, end), (start, _) in pairwise(spans):
        if start > end:
            message = f"leaves out the billing periods between {end} and {start}"
            raise ExportRefused([Finding("window", message, "export adjacent billing periods, or one at a time")])
    return spans[0][0], max(end for _, end in spans)
