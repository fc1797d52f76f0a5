"""Build one new day of 100,000 charges on top of 24 months of books, beside the same on top of one month."""

import csv
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from benchmarks.exports import ACCOUNT, Stretch, write_bill
from benchmarks.measure import Figure, Timing, in_turn, timed, tokenbooks
from pipeline.beginning import begin
from pipeline.settings import Books

MONTHS = 24
CHARGES_A_MONTH = 300_000
CHARGES_OF_THE_DAY = 100_000
LIMIT = 1.3
LAST = 2026 * 12 + 9  # 2026-10, in months


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """Both books hold the same last month; a later delivery of it brings the new day, loaded before the clock starts.

    Smoke tests of a small scale make do with three months.
    """
    usual, day = max(30, int(CHARGES_A_MONTH * scale)), max(10, int(CHARGES_OF_THE_DAY * scale))
    months = MONTHS if scale >= 0.01 else 3
    long, short = (_books(workplace / f"months-{count}", count, usual) for count in (months, 1))
    long_runs, short_runs = in_turn(repeats, _new_day(long, usual, day), _new_day(short, usual, day))
    name = f"build one new day of {day:,} charges, {months} months of history"
    figure = Figure(name, long_runs, "the same, 1 month of history", short_runs, LIMIT)
    figure.notes = [f"{usual:,} charges a month before it; the whole month of the new day is built again"]
    for books in (long, short):
        shutil.rmtree(books.home)
    return figure


def _books(home: Path, months: int, usual: int) -> Books:
    """Books of the sample company with that many months of bills, loaded and built."""
    begin(home, sample=True, whole=False)
    books = Books.open(home)
    shutil.rmtree(books.landing)
    books.landing.mkdir()
    periods = [_period(LAST - back) for back in reversed(range(months))]
    _fiscal_periods(books, periods)
    _rates(books, date.fromisoformat(f"{periods[0]}-01"))
    for back in range(months):
        period = _period(LAST - back)
        write_bill(_delivery(books, period, 0), period, [Stretch(usual, 0, 28)], seed=back)
    timed(tokenbooks("load", "--books", home))
    timed(tokenbooks("build", "--books", home))
    return books


def _new_day(books: Books, usual: int, day: int) -> Callable[[], Timing]:
    """A task that delivers the last month again with other 100,000 charges on its last day, and times the build."""
    deliveries = iter(range(1, 1000))

    def task() -> Timing:
        number = next(deliveries)
        period = _period(LAST)
        stretches = [Stretch(usual, 0, 28), Stretch(day, 28, 1)]
        write_bill(_delivery(books, period, number), period, stretches, seed=1000 + number)
        timed(tokenbooks("load", "--books", books.home))
        return timed(tokenbooks("build", "--books", books.home))

    return task


def _period(months: int) -> str:
    return f"{months // 12}-{months % 12 + 1:02d}"


def _delivery(books: Books, period: str, number: int) -> Path:
    """Where the n-th delivery of a month's bill lands; its name carries a later hour each time."""
    fetched = f"2026-11-{1 + number // 24:02d}T{number % 24:02d}00Z"
    return books.landing / "focus" / ACCOUNT / f"bill-of-{period.replace('-', '')}_{fetched}.csv"


def _fiscal_periods(books: Books, periods: list[str]) -> None:
    """Calendar months as fiscal periods of every entity, in place of the sample's three."""
    with (books.company / "entities.csv").open(encoding="utf-8", newline="") as file:
        entities = [row["entity_id"] for row in csv.DictReader(file)]
    with (books.company / "fiscal_periods.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["entity_id", "period", "start_date", "end_date"])
        for entity in entities:
            rows.writerows([entity, p, f"{p}-01", f"{_after(p)}-01"] for p in periods)


def _rates(books: Books, first: date) -> None:
    """The sample's rates, and the first of each kind for all days before them."""
    path = books.company / "fx_rates.csv"
    with path.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    begin_of = date.fromisoformat(min(row["rate_date"] for row in known))
    one_of_each = {(row["from_currency"], row["to_currency"], row["rate_type"]): row for row in reversed(known)}
    days = [first + timedelta(days=n) for n in range((begin_of - first).days)]
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, known[0].keys(), lineterminator="\n")
        rows.writeheader()
        rows.writerows({**row, "rate_date": str(day)} for row in one_of_each.values() for day in days)
        rows.writerows(known)


def _after(period: str) -> str:
    year, month = map(int, period.split("-"))
    return _period(year * 12 + month)
