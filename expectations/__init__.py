"""The gates: what may come into the books and what may leave them, judged by Great Expectations on DuckDB."""

from expectations.engine import ready_ahead
from expectations.judge import judge_books, judge_load, offending_rows
from expectations.units import RULE as UNIT_RULE
from expectations.units import judge_units
from expectations.verdict import LoadContext, Result, Skipped, Verdict

__all__ = [
    "UNIT_RULE",
    "LoadContext",
    "Result",
    "Skipped",
    "Verdict",
    "judge_books",
    "judge_load",
    "judge_units",
    "offending_rows",
    "ready_ahead",
]
