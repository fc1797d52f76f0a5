"""The whole sample: Acme receives every export there is, and the totals of each tie to its expected rows."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion import Source, sources
from ingestion.focus import CONTROL_TOTAL
from pipeline import manifest
from pipeline.sample.labs import TOLD, received
from pipeline.settings import Books

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SOURCES = sources()
LABS = {source.id: account for source, account in received()}


@pytest.fixture(scope="module")
def books(whole_sample: Path) -> Books:
    """The whole sample, loaded and built."""
    return Books.open(whole_sample / "books")


@pytest.fixture(scope="module")
def warehouse(books: Books) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(books.warehouse), read_only=True) as con:
        yield con


def expected(source: Source) -> list[Mapping[str, str]]:
    """The rows that the sample of a source must give, as a person wrote them down."""
    with (source.folder / "expected.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows, source.id
    return rows


def sums(rows: list[Mapping[str, str]], amount: str, unit: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row[unit]] += Decimal(row[amount])
    return dict(found)


def test_every_source_is_received(books: Books) -> None:
    """Whoever adds a source adds an account of Labs for its provider, if that is new."""
    loads = manifest.read(books)
    assert {load.source for load in loads} == set(SOURCES)
    assert {load.source: load.account for load in loads if load.source not in TOLD} == LABS
    assert {load.verdict for load in loads} == {"accepted"}


@pytest.mark.parametrize("name", sorted(LABS))
def test_rows_and_totals_tie(books: Books, name: str) -> None:
    """What the manifest says of the delivery is what its expected rows say: none lost, none twice, in its unit."""
    (load,) = [load for load in manifest.read(books) if load.source == name]
    rows = expected(SOURCES[name])
    assert load.rows == len(rows)
    totals = {unit: Decimal(total) for unit, total in load.totals.items()}
    control = CONTROL_TOTAL.get(SOURCES[name].dataset)
    assert totals == (sums(rows, *control) if control else {})


@pytest.mark.parametrize("name", sorted(name for name in LABS if SOURCES[name].dataset == "charges"))
def test_every_charge_counts_or_another_export_states_it(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    """Billed cost of a source in the books is that of the expected rows on the days it states; of every other day an
    export of a lower rank states the same bill."""
    covered = coverage(warehouse)
    counting, aside = [], []
    for row in expected(SOURCES[name]):
        day = date.fromisoformat(row[date_of(SOURCES[name])][:10])
        (counting if day in covered[name] else aside).append((day, row))
    told = warehouse.execute(
        "select currency, sum(billed_cost) from finance.fct_charges where source = ? and account = ? group by 1",
        [name, LABS[name]],
    )
    assert dict(told.fetchall()) == sums([row for _, row in counting], "BilledCost", "BillingCurrency")
    for day, _ in aside:
        assert [rival.id for rival in rivals(SOURCES[name]) if day in covered[rival.id]], day


def coverage(warehouse: duckdb.DuckDBPyConnection) -> Mapping[str, set[date]]:
    """The days that each source of Labs is the statement of."""
    days = defaultdict(set)
    asked = "select source, unnest(range(day_from, day_to, interval 1 day)) from lake.coverage where account = ?"
    for account in set(LABS.values()):
        for source, day in warehouse.execute(asked, [account]).fetchall():
            days[source].add(day.date())
    assert len(days) > 20
    return days


def date_of(source: Source) -> str:
    return "BillingPeriodStart" if source.window_by == "billing" else "ChargePeriodStart"


def rivals(source: Source) -> list[Source]:
    """The exports of the same bill that go before this one."""
    assert source.states, f"{source.id} states something nobody else does, and yet it is set aside"
    return [
        one
        for one in SOURCES.values()
        if one.states and one.states.of == source.states.of and one.states.rank < source.states.rank
    ]


def test_both_kinds_are_in_the_sample(warehouse: duckdb.DuckDBPyConnection) -> None:
    covered = coverage(warehouse)
    charged = {name for name in LABS if SOURCES[name].dataset == "charges"}
    assert {"aws_cur", "azure_focus", "google_billing_detailed", "openrouter_activity_csv"} <= charged & set(covered)
    assert {"aws_cur_legacy", "google_focus", "github_copilot_rest_usage"} <= charged - set(covered)
