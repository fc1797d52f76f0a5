"""A build touches the periods whose inputs changed, and no other."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.close.events import happened
from pipeline.close.periods import Calendar, Month
from pipeline.content import folder_hash
from pipeline.fingerprint import fingerprints
from pipeline.manifest import FileEntry, Load, coverage
from pipeline.plan import Company, Inputs, bounds, gather
from pipeline.settings import Books, BooksError
from pipeline.status import gaps
from pipeline.warehouse import STATE, minor_units, open_warehouse, read_state, write_inputs, write_state


def load(name: str, start: date, end: date, periods: list[str], **more: object) -> Load:
    """An accepted load of charges over a window, with rows in `periods`."""
    given = {
        "load_id": name,
        "source": "focus",
        "account": "acme",
        "dataset": "charges",
        "sha256": name * 8,
        "bytes": 1,
        "deliveries": (),
        "rows": len(periods),
        "window_from": start,
        "window_to": end,
        "window_by": "charge",
        "as_of": datetime(2026, 9, 1),
        "files": tuple(
            FileEntry(path=f"charges/source=focus/period={p}/{name}.parquet", period=p, rows=1) for p in periods
        ),
        "verdict": "accepted",
        "definition": "d1",
        "loaded_at": datetime(2026, 9, 1),
    }
    return Load.model_validate(given | more)


AUGUST = load("aaaa", date(2026, 8, 1), date(2026, 9, 1), ["2026-08"])
SEPTEMBER = load("bbbb", date(2026, 9, 1), date(2026, 10, 1), ["2026-09"])


def inputs(*loads: Load, company: str = "c1") -> Inputs:
    """The plan of a build from these loads."""
    return gather(list(loads), coverage(loads), {}, Company(company))


def test_all_is_touched_at_first_and_nothing_the_second_time() -> None:
    """Loads in any order give the same plan."""
    plan = inputs(AUGUST, SEPTEMBER)
    assert plan.touched({}) == ["2026-08", "2026-09"]
    assert inputs(SEPTEMBER, AUGUST).touched(plan.periods) == []
    assert inputs(SEPTEMBER, AUGUST).hash == plan.hash


def test_a_restated_day_touches_its_month_alone() -> None:
    """A newer load of one day of September leaves August as it is."""
    restated = load(
        "cccc", date(2026, 9, 5), date(2026, 9, 6), ["2026-09"], as_of=datetime(2026, 9, 8), sha256="cccc" * 8
    )
    assert inputs(AUGUST, SEPTEMBER, restated).touched(inputs(AUGUST, SEPTEMBER).periods) == ["2026-09"]


def test_a_window_over_two_months_is_cut_between_them() -> None:
    """When a part in September is restated, August was not built from anything else than before."""
    both = load("dddd", date(2026, 8, 20), date(2026, 9, 10), ["2026-08", "2026-09"])
    restated = load(
        "cccc", date(2026, 9, 1), date(2026, 9, 10), ["2026-09"], as_of=datetime(2026, 9, 12), sha256="cccc" * 8
    )
    assert inputs(both, restated).touched(inputs(both).periods) == ["2026-09"]


def test_a_bill_of_one_month_may_charge_another() -> None:
    """A billing month that is written anew touches every month its charges are dated in, before and after."""
    bill = {"window_by": "billing", "source": "aws"}
    first = load("eeee", date(2026, 9, 1), date(2026, 10, 1), ["2026-08", "2026-09"], **bill)
    second = load(
        "ffff",
        date(2026, 9, 1),
        date(2026, 10, 1),
        ["2026-09"],
        **bill,
        as_of=datetime(2026, 10, 2),
        sha256="ffff" * 8,
    )
    before = inputs(first)
    after = inputs(first, second)
    assert after.touched(before.periods) == ["2026-08", "2026-09"]
    # Once built without them, the month whose rows are gone is no more news.
    assert after.touched({p: after.expected(before.periods)[p] for p in ("2026-08", "2026-09")}) == []


@pytest.mark.parametrize("change", ["company", "definition"])
def test_what_holds_for_all_periods_touches_all(change: str) -> None:
    """A company file, or how a source is read, changes every month built from it."""
    if change == "company":
        after = inputs(AUGUST, SEPTEMBER, company="c2")
    else:
        after = inputs(*(one.model_copy(update={"definition": "d2"}) for one in (AUGUST, SEPTEMBER)))
    assert after.touched(inputs(AUGUST, SEPTEMBER).periods) == ["2026-08", "2026-09"]


def calendar(*closed: tuple[str, str, str], event: str = "closed") -> Calendar:
    """Months (entity, period, company) that were closed."""
    return Calendar(
        {
            (entity, period): Month((happened(event, entity, period, company=company, batch=f"{period}-{company}"),))
            for entity, period, company in closed
        }
    )


def follow(events: Calendar, company: str = "c1", version: str = "v1", *loads: Load) -> Inputs:
    """The plan of August and September under these events."""
    both = loads or (AUGUST, SEPTEMBER)
    return gather(list(both), coverage(both), {}, Company(company, version, "secret"), events)


def test_a_closed_month_is_not_touched_by_the_company() -> None:
    """Closed with v1: another company touches September, and August is built with its snapshot when it must be."""
    events = calendar(("US01", "2026-08", "v1"))
    before, after = follow(events), follow(events, "c2", "v2")
    assert after.touched(before.periods) == ["2026-09"]
    assert before.groups(before.periods) == [("", ["2026-08", "2026-09"])]
    assert after.groups(after.periods) == [("v1", ["2026-08"]), ("", ["2026-09"])]
    third = follow(calendar(("US01", "2026-08", "v1"), ("US01", "2026-09", "v2")), "c3", "v3")
    assert third.groups(third.periods) == [("v1", ["2026-08"]), ("v2", ["2026-09"]), ("", ["2026-10"])]


def test_preparing_and_locking_touch_nothing_and_closing_does() -> None:
    """The first open month is there though it has no load: corrections are posted to it."""
    assert follow(calendar(("US01", "2026-09", "v1"), event="soft_closed")).periods == follow(Calendar()).periods
    closed = follow(calendar(("US01", "2026-08", "v1"), ("US01", "2026-09", "v1")))
    assert closed.touched(follow(Calendar()).periods) == ["2026-08", "2026-09", "2026-10"]
    month = calendar(("US01", "2026-09", "v1")).months["US01", "2026-09"]
    locked = Calendar({("US01", "2026-09"): Month((*month.events, happened("locked", "US01", "2026-09")))})
    assert follow(locked).periods == follow(calendar(("US01", "2026-09", "v1"))).periods


def test_a_closed_month_stays_though_its_loads_are_gone() -> None:
    """What was posted is compared with nothing, and the difference is booked in the open month."""
    plan = follow(calendar(("US01", "2026-08", "v1")), "c1", "v1", SEPTEMBER)
    assert sorted(plan.periods) == ["2026-08", "2026-09"]


def test_a_restated_closed_month_touches_the_months_after_it() -> None:
    """Its true-up is posted to the first open month, and balances are carried on through the others."""
    events = calendar(("US01", "2026-08", "v1"), ("US01", "2026-09", "v1"))
    restated = load(
        "cccc", date(2026, 8, 5), date(2026, 8, 6), ["2026-08"], as_of=datetime(2026, 10, 8), sha256="cccc" * 8
    )
    after = follow(events, "c1", "v1", AUGUST, SEPTEMBER, restated)
    assert after.touched(follow(events).periods) == ["2026-08", "2026-09", "2026-10"]
    assert after.loads_of("2026-08") == ["aaaa", "cccc"]


def test_a_build_that_did_not_end_is_touched_again_though_the_inputs_went_back(tmp_path: Path) -> None:
    """Marked unbuilt before dbt starts: a crash in between is seen even when the change is undone meanwhile."""
    books = Books.create(tmp_path / "books")
    plan = inputs(AUGUST, SEPTEMBER)
    for one in (AUGUST, SEPTEMBER):
        for file in one.files:
            empty_lake_file(books.lake / file.path)
    with open_warehouse(books) as con:
        write_state(con, plan.periods)
    assert plan.touched(read_state(books)) == []
    with open_warehouse(books) as con:
        write_inputs(con, books, plan, ["2026-09"])
        assert con.execute("select period from lake.build_periods").fetchall() == [("2026-09",)]
        assert con.execute("select count(*) from lake.coverage").fetchone() == (2,)
        assert con.execute("select count(*) from lake.usage").fetchone() == (0,)
    assert plan.touched(read_state(books)) == ["2026-09"]


def empty_lake_file(path: Path) -> None:
    """A Parquet file of the charges' columns without rows."""
    import pyarrow.parquet as pq

    from ingestion.focus import DATASETS

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(DATASETS["charges"].empty_table(), path)


def test_a_missing_lake_file_is_named_with_the_cure(tmp_path: Path) -> None:
    """Somebody deleted a Parquet file by hand: which one, and how it comes back."""
    books = Books.create(tmp_path / "books")
    with (
        open_warehouse(books) as con,
        pytest.raises(BooksError, match=r"period=2026-08/aaaa\.parquet.*loads/aaaa\.json"),
    ):
        write_inputs(con, books, inputs(AUGUST), ["2026-08"])


def test_a_warehouse_somebody_holds_is_told(tmp_path: Path) -> None:
    """Another program has it open: that is an error with a cure, and no reason to throw the file away."""
    import subprocess
    import sys

    books = Books.create(tmp_path / "books")
    with open_warehouse(books) as con:
        write_state(con, {"2026-08": "x"})
    hold = "import duckdb, sys\ncon = duckdb.connect(sys.argv[1])\nprint('open', flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(books.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for ask in (read_state, open_warehouse):
            with pytest.raises(BooksError, match="another program has it open"):
                ask(books)
        holder.communicate("")
    assert read_state(books) == {"2026-08": "x"}


def test_an_unreadable_warehouse_holds_nothing(tmp_path: Path) -> None:
    """It counts as not there: everything is to be built."""
    books = Books.create(tmp_path / "books")
    assert read_state(books) == {}
    books.warehouse.write_bytes(b"no database at all" * 1000)
    assert read_state(books) == {}


def test_fingerprints_tell_rows_not_their_order() -> None:
    """Order is no change; a cent, a repeated row and a lost row are."""
    with duckdb.connect() as con:
        con.execute("create schema finance")
        told = []
        for rows in (
            "('2026-08', 1.00), ('2026-08', 2.00)",
            "('2026-08', 2.00), ('2026-08', 1.00)",
            "('2026-08', 1.00), ('2026-08', 2.01)",
            "('2026-08', 1.00), ('2026-08', 2.00), ('2026-08', 2.00), ('2026-08', 2.00)",
            "('2026-08', 1.00)",
        ):
            con.execute(f"create or replace table finance.fct_x as from (values {rows}) as t(period, amount)")
            told.append(tuple(fingerprints(con, ["2026-08", "2026-09"])))
    assert told[0] == told[1]
    assert len(set(told)) == 4
    assert [(period, rows) for _, period, rows, _ in told[0]] == [("2026-08", 2), ("2026-09", 0)]


def test_reports_drawn_anew_for_old_months_are_seen() -> None:
    """The age of the pool grows in every month, while the facts of months that were not built are not even read."""
    with duckdb.connect() as con:
        con.execute("create schema finance")
        for model in ("fct_x", "rpt_x", "dim_x"):
            con.execute(
                f"create table finance.{model} as from (values ('2026-08', 1), ('2026-09', 1)) as t(period, age)"
            )
        told = [(model, period, rows) for model, period, rows, _ in fingerprints(con, ["2026-09", "2026-10"])]
    assert told == [
        ("dim_x", "", 2),
        ("fct_x", "2026-09", 1),
        ("fct_x", "2026-10", 0),
        ("rpt_x", "2026-08", 1),
        ("rpt_x", "2026-09", 1),
        ("rpt_x", "2026-10", 0),
    ]


def test_minor_units_are_those_of_iso_4217() -> None:
    """Not CLDR's, which counts the decimals that people still use."""
    units = minor_units()
    assert {code: units[code] for code in ("USD", "EUR", "JPY", "KWD", "RSD", "IQD", "HUF", "COP", "CLP")} == {
        "USD": 2,
        "EUR": 2,
        "JPY": 0,
        "KWD": 3,
        "RSD": 2,
        "IQD": 3,
        "HUF": 2,
        "COP": 2,
        "CLP": 0,
    }


def test_bounds_and_gaps() -> None:
    """December ends in January; a day that no load states is missing, the days after the last are not."""
    assert bounds("2026-12") == (date(2026, 12, 1), date(2027, 1, 1))
    days = [
        (date(2026, 8, 1), date(2026, 8, 3)),
        (date(2026, 8, 4), date(2026, 8, 6)),
        (date(2026, 8, 2), date(2026, 8, 3)),
    ]
    assert gaps(days) == [date(2026, 8, 3)]


def test_a_folder_is_told_by_its_content(tmp_path: Path) -> None:
    """Renaming and editing change the hash; what tools leave behind does not."""
    (tmp_path / "a.sql").write_text("select 1")
    before = folder_hash(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text("{}")
    assert folder_hash(tmp_path) == before
    (tmp_path / "a.sql").rename(tmp_path / "b.sql")
    assert folder_hash(tmp_path) != before
    with pytest.raises(BooksError, match="missing"):
        folder_hash(tmp_path / "nowhere")


def test_state_is_written_by_period(tmp_path: Path) -> None:
    """Building one month leaves what is known of the others."""
    books = Books.create(tmp_path / "books")
    with open_warehouse(books) as con:
        con.execute(STATE)
        write_state(con, {"2026-08": "x", "2026-09": "y"})
        write_state(con, {"2026-09": "z"})
    assert read_state(books) == {"2026-08": "x", "2026-09": "z"}
