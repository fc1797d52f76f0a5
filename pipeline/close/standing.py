"""Closed months stand: the warehouse as built says of them what was hashed when they were closed (INV-13)."""

import duckdb

from pipeline.close.figures import trial_balance_hash
from pipeline.close.periods import Calendar


def changed_months(con: duckdb.DuckDBPyConnection, calendar: Calendar, periods: list[str]) -> list[str]:
    """A line for each closed month among `periods` whose trial balance is another than when it was closed."""
    return [
        f"{entity} {period} is closed, but its trial balance would change; nothing may post to it: report this"
        for entity, period, event in calendar.closed_months()
        if period in periods and trial_balance_hash(con, period, entity) != event.hashes.get("trial_balance")
    ]
