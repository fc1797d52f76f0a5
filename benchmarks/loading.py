"""Load and gate one big bill, beside DuckDB alone copying the same file to Parquet without looking at it."""

import shutil
import sys
from pathlib import Path

from benchmarks.exports import ACCOUNT, Stretch, write_bill
from benchmarks.measure import Figure, Timing, in_turn, timed, tokenbooks
from pipeline.settings import Books

ROWS = 10_000_000
LIMIT = 2.0
PEAK_LIMIT_MIB = 2048

# What anybody would type: types are sniffed, amounts become doubles, nothing is checked.
BARE_COPY = (
    "import sys, duckdb; duckdb.sql(f\"copy (from read_csv('{sys.argv[1]}')) to '{sys.argv[2]}' (format parquet)\")"
)


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """The bill is made once; each of our runs starts from empty books and a landing that holds it."""
    bill = workplace / "2026-11-03T0600Z-focus-1.0.csv"
    rows = max(1000, int(ROWS * scale))
    write_bill(bill, "2026-10", [Stretch(rows, 0, 31)], seed=1)
    size = bill.stat().st_size

    def ours() -> Timing:
        books = Books.create(workplace / "books")
        landed = books.landing / "focus" / ACCOUNT / bill.name
        landed.parent.mkdir(parents=True)
        landed.hardlink_to(bill)
        timing = timed(tokenbooks("load", "--books", books.home))
        held = sum(path.stat().st_size for path in books.lake.rglob("*.parquet"))
        notes.append(f"lake {held / 1e9:.2f} GB")
        shutil.rmtree(books.home)
        return timing

    def bare() -> Timing:
        target = workplace / "bare.parquet"
        timing = timed([sys.executable, "-c", BARE_COPY, str(bill), str(target)])
        target.unlink()
        return timing

    notes: list[str] = []
    bare()  # warms the page cache, for both
    notes.clear()
    ours_runs, bare_runs = in_turn(repeats, ours, bare)
    figure = Figure(f"load and gate {rows:,} rows of FOCUS CSV", ours_runs, "DuckDB COPY to Parquet", bare_runs, LIMIT)
    figure.notes = [
        f"file {size / 1e9:.2f} GB of 48 columns, {notes[-1]}",
        f"peak memory {figure.peak_mib:,.0f} MiB (limit {PEAK_LIMIT_MIB:,})",
        f"peak memory of DuckDB alone {figure.yardstick_peak_mib:,.0f} MiB",
    ]
    bill.unlink()
    return figure
