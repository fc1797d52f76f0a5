"""The AWS bill in FOCUS: Bedrock by day and token class, a prepaid commitment, a credit, tax, and rows that are no AI.

Every month comes in another shape, as such exports do: FOCUS 1.0 CSV, 1.2 CSV gzipped, 1.2 Parquet with map columns.
"""

import gzip
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ingestion.documents import read_yaml
from pipeline.sample.story import HERE

_TOLD = read_yaml((HERE / "aws_columns.yml").read_text(encoding="utf-8"))
COLUMNS_1_0, COLUMNS_1_2, NUMBERS, DATES, MAPS = (
    tuple(_TOLD[kind].split()) for kind in ("focus_1_0", "focus_1_2", "numbers", "dates", "maps")
)
MILLIS = 1000


def written(period: str, rows: Iterable[dict[str, Any]]) -> tuple[str, bytes]:
    """The month's file: what its name ends with, and its bytes."""
    ending, write = SHAPES[period]
    return ending, write(list(rows))


def _csv_1_0(rows: list[dict[str, Any]]) -> bytes:
    return _csv(COLUMNS_1_0, rows)


def _csv_1_2(rows: list[dict[str, Any]]) -> bytes:
    # mtime=0: the same rows give the same bytes
    packed = io.BytesIO()
    # not `gzip.compress`, whose header differs from one Python to the next, and with it the load's id
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write(_csv(COLUMNS_1_2, rows))
    return packed.getvalue()


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> bytes:
    import csv

    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows([_cell(column, row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(column: str, value: Any) -> str:
    if value is None:
        # The one column in which this exporter writes a null as a word.
        return "(null)" if column == "AvailabilityZone" else ""
    if column in DATES:
        return f"{value}T00:00:00.000Z"
    if column in MAPS:
        return json.dumps(value, sort_keys=True, default=float)  # as AWS writes discounts: doubles
    return _number(value) if isinstance(value, Decimal) else str(value)


def _number(value: Decimal) -> str:
    """Plain, except below a thousandth, where AWS writes `6.0E-5` (FOCUS allows it)."""
    if value == 0 or abs(value) >= Decimal("0.001"):
        return format(value.normalize(), "f") if value else "0"
    sign, digits, exponent = value.normalize().as_tuple()
    rest = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{rest}E{int(exponent) + len(digits) - 1}"


def _parquet_1_2(rows: list[dict[str, Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(column, _arrow_type(column)) for column in COLUMNS_1_2])
    values = {column: [_value(column, row.get(column)) for row in rows] for column in COLUMNS_1_2}
    table = pa.table(values, schema=schema)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="snappy")
    return sink.getvalue().to_pybytes()


def _arrow_type(column: str) -> Any:
    import pyarrow as pa

    if column in NUMBERS:
        return pa.float64()  # AWS delivers doubles: the amounts here have few enough digits to survive them
    if column in DATES:
        return pa.timestamp("ms")
    if column in MAPS:
        return pa.map_(pa.string(), pa.float64() if column == "x_Discounts" else pa.string())
    return pa.string()


def _value(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column in NUMBERS:
        return float(value)
    if column in DATES:
        return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()) * MILLIS
    if column in MAPS:
        return sorted((key, float(item) if column == "x_Discounts" else item) for key, item in value.items())
    return value


SHAPES: dict[str, tuple[str, Callable[[list[dict[str, Any]]], bytes]]] = {
    "2026-08": ("focus-1.0.csv", _csv_1_0),
    "2026-09": ("focus-1.2.csv.gz", _csv_1_2),
    "2026-10": ("focus-1.2.snappy.parquet", _parquet_1_2),
}
