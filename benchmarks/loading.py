"""Load and gate a big bill, in FOCUS or as AWS's report, beside DuckDB alone copying the same file without a look."""

import shutil
import sys
from pathlib import Path

from benchmarks.cur import write_parquet, write_report
from benchmarks.exports import ACCOUNT, Stretch, write_bill
from benchmarks.measure import BenchmarkFailed, Figure, Timing, in_turn, timed, tokenbooks
from benchmarks.tools import focus_converter
from pipeline.settings import Books

ROWS = 10_000_000
LIMIT = 2.0
A_MILLION, LIMIT_OF_A_MILLION = 1_000_000, 1.5  # what a command costs before its first row weighs more there
AS_FAST_AS_CONVERTER = 15
PEAK_LIMIT_MIB = 2048

# What anybody would type: types are sniffed, amounts become doubles, nothing is checked.
BARE_COPY = (
    "import sys, duckdb; duckdb.sql(f\"copy (from read_csv('{sys.argv[1]}')) to '{sys.argv[2]}' (format parquet)\")"
)


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """Ten million rows of FOCUS."""
    bill = workplace / "2026-11-03T0600Z-focus-1.0.csv"
    rows = max(1000, int(ROWS * scale))
    write_bill(bill, "2026-10", [Stretch(rows, 0, 31)], seed=1)
    return _beside(f"load and gate {rows:,} rows of FOCUS CSV", "focus", bill, repeats, LIMIT)


def measure_million(workplace: Path, scale: float, repeats: int) -> Figure:
    """A million rows of FOCUS."""
    bill = workplace / "2026-11-03T0600Z-focus-1.0.csv"
    rows = max(1000, int(A_MILLION * scale))
    write_bill(bill, "2026-10", [Stretch(rows, 0, 31)], seed=1)
    return _beside(f"load and gate {rows:,} rows of FOCUS CSV", "focus", bill, repeats, LIMIT_OF_A_MILLION)


def measure_report(workplace: Path, scale: float, repeats: int) -> Figure:
    """A million rows of CUR 2.0, zipped as AWS delivers it."""
    report = workplace / "2026-11-03T0600Z-cur-00001.csv.gz"
    rows = max(1000, int(A_MILLION * scale))
    write_report(report, rows)
    return _beside(f"load and gate {rows:,} rows of CUR 2.0 CSV", "aws_cur", report, repeats, LIMIT_OF_A_MILLION)


def measure_converter(workplace: Path, scale: float, repeats: int) -> Figure:
    """A million rows of CUR 2.0 as Parquet, whose times focus-converter can read; those of CSV it cannot."""
    report = workplace / "2026-11-03T0600Z-cur-00001.parquet"
    rows = max(1000, int(A_MILLION * scale))
    write_parquet(report, rows)
    program, exported = focus_converter(workplace / "tools"), workplace / "exported"
    exported.mkdir()
    reading = ["--data-format", "parquet", "--parquet-data-format", "file", "--data-path", str(report)]
    convert = [str(program), "convert", "--provider", "aws", *reading, "--export-path", str(exported)]
    lake: list[int] = []
    # it does not end by itself after an error
    ours, theirs = in_turn(repeats, lambda: _load("aws_cur", report, lake), lambda: timed(["timeout", "600", *convert]))
    if not list(exported.glob("*.parquet")):
        raise BenchmarkFailed("focus-converter wrote nothing")
    name = f"load and gate {rows:,} rows of CUR 2.0 Parquet"
    figure = Figure(name, ours, "focus-converter 1.0.0", theirs, 1 / AS_FAST_AS_CONVERTER)
    figure.notes = [
        f"{rows / figure.amount:,.0f} rows a second; focus-converter {rows / figure.yardstick_amount:,.0f}, in floats",
        f"peak memory {figure.peak_mib:,.0f} MiB; of focus-converter {figure.yardstick_peak_mib:,.0f} MiB",
    ]
    return figure


def _beside(name: str, source: str, bill: Path, repeats: int, limit: float) -> Figure:
    """The bill is made once; each of our runs starts from empty books and a landing that holds it."""
    lake: list[int] = []
    _bare(bill)  # warms the page cache, for both
    ours, bare = in_turn(repeats, lambda: _load(source, bill, lake), lambda: _bare(bill))
    figure = Figure(name, ours, "DuckDB COPY to Parquet", bare, limit)
    figure.notes = [
        f"file {bill.stat().st_size / 1e9:.2f} GB, lake {lake[-1] / 1e9:.2f} GB",
        f"peak memory {figure.peak_mib:,.0f} MiB (limit {PEAK_LIMIT_MIB:,})",
        f"peak memory of DuckDB alone {figure.yardstick_peak_mib:,.0f} MiB",
    ]
    bill.unlink()
    return figure


def _load(source: str, bill: Path, lake: list[int]) -> Timing:
    """Empty books, the bill landed by a hard link, and `tokenbooks load`; notes the bytes of the lake."""
    books = Books.create(bill.parent / "books")
    landed = books.landing / source / ACCOUNT / bill.name
    landed.parent.mkdir(parents=True)
    landed.hardlink_to(bill)
    timing = timed(tokenbooks("load", "--books", books.home))
    lake.append(sum(path.stat().st_size for path in books.lake.rglob("*.parquet")))
    if not lake[-1]:
        raise BenchmarkFailed("the load left no Parquet in the lake")
    shutil.rmtree(books.home)
    return timing


def _bare(bill: Path) -> Timing:
    target = bill.with_suffix(".parquet")
    timing = timed([sys.executable, "-c", BARE_COPY, str(bill), str(target)])
    target.unlink()
    return timing
