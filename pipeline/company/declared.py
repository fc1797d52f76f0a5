"""The contract of the company files as declared in `contract/*.yml`: tables, columns, types, and what must hold."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ingestion.documents import read_yaml

ColumnType = Literal["text", "date", "integer", "boolean", "share", "weight", "amount", "rate", "period"]

DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "share": "DECIMAL(9,6)",
    "weight": "DECIMAL(18,6)",
    "amount": "DECIMAL(28,12)",
    "rate": "DECIMAL(18,8)",
    "period": "VARCHAR",
}
# A number above 0 with at most 8 decimals, spelled without a look-ahead, which DuckDB does not read.
_RATE = "|".join([r"0*[1-9]\d{0,8}(\.\d{1,8})?", *(rf"0+\.0{{{n}}}[1-9]\d{{0,{7 - n}}}" for n in range(8))])
# The text a type takes. DuckDB's casts alone would round decimals without a word and take 1e3 or 2026-9-1.
PATTERNS: dict[ColumnType, tuple[str, str]] = {
    "date": (r"\d{4}-\d{2}-\d{2}", "a date such as 2026-09-01"),
    "integer": (r"-?\d{1,18}", "a whole number"),
    "boolean": (r"true|false", "true or false"),
    "share": (r"0(\.\d{1,6})?|1(\.0{1,6})?", "a share between 0 and 1 with at most 6 decimals, such as 0.6"),
    "weight": (r"\d{1,12}(\.\d{1,6})?", "a number that is not negative, with at most 6 decimals"),
    "amount": (r"-?\d{1,16}(\.\d{1,12})?", "a number with a decimal point and at most 12 decimals, such as 1234.50"),
    "rate": (_RATE, "a rate above 0 with at most 8 decimals, such as 0.9150"),
    "period": (r"\d{4}-(0[1-9]|1[0-2])", "a month such as 2026-09"),
}


class Strict(BaseModel):
    """A declaration that may say nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Column(Strict):
    """One column: its type, and what its values must be (the words are explained in contract/people.yml)."""

    type: ColumnType
    required: bool = False
    optional: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    hint: str = ""
    references: str | dict[str, str] = ""
    by: str = ""
    list_of: tuple[str, ...] = ()


class Interval(Strict):
    """Dates [start, end) that may not overlap between rows which share the columns `of`, nor leave holes if said so."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    of: tuple[str, ...]
    without_gaps: bool = False


class Table(Strict):
    """One file `company/<name>.csv`."""

    columns: dict[str, Column]
    key: tuple[str, ...] = ()
    differ: tuple[str, ...] = ()
    interval: Interval | None = None


@cache
def contract() -> dict[str, Table]:
    """Every table of the company by name."""
    folder = Path(__file__).parent / "contract"
    return {
        name: Table.model_validate(declared)
        for path in sorted(folder.glob("*.yml"))
        for name, declared in read_yaml(path.read_text(encoding="utf-8")).items()
    }
