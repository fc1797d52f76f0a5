"""The journal of 10 million charges of one month by dbt, beside one hand-written DuckDB query with the same lines.

Both read the same allocations in the same warehouse, each in a process of its own that has read its program before the
clock starts.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.measure import BenchmarkFailed, Figure, Timing, in_turn, timed, tokenbooks
from pipeline.beginning import begin
from pipeline.plan import PROJECT
from pipeline.settings import Books

CHARGES = 10_000_000
LIMIT = 2.0
PERIOD = "2026-10"
QUERY = Path(__file__).with_suffix(".sql")
MODELS = ["--select", "fct_allocations+,+fct_postings", "--exclude", "fct_allocations"]

# What the journal says of cost, at the grain of the hand-written query.
BY_MODELS = f"""
select
    period, entity_id, account_id, cost_center_id, function, project_id, module_id, source, account, currency,
    cast(sum(debit - credit) as decimal(28, 4)) as amount, max(rule) as rule
from finance.fct_postings
where period = '{PERIOD}' and event in ('accrual', 'drawdown', 'chargeback')
group by all
having sum(debit - credit) <> 0
"""

REPEATED = """
insert into finance.fct_allocations
select month.* replace (charge_id || '-' || copy as charge_id, allocation_id || '-' || copy as allocation_id)
from month, range(?) as copies(copy)
"""


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """The sample's month, repeated until it has that many charges."""
    books = _books(workplace / "books", max(1000, int(CHARGES * scale)))
    ours, by_hand = in_turn(repeats, lambda: _inside("dbt", books), lambda: _inside("query", books))
    charges, lines = _agreed(books)
    figure = Figure(f"journal of {charges:,} charges of one month", ours, "one hand-written query", by_hand, LIMIT)
    figure.notes = [
        f"{lines:,} lines, the same of both; ours besides has assets, rates, prepaid credit, entries and their ids"
    ]
    shutil.rmtree(books.home)
    return figure


def _books(home: Path, charges: int) -> Books:
    """Books of the sample whose month has each allocation as often as it takes, and nothing else to build."""
    begin(home, sample=True, whole=False)
    for step in (("load", "--books", home), ("build", "--books", home)):
        timed(tokenbooks(*step))
    books = Books.open(home)
    with duckdb.connect(books.warehouse) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute("delete from lake.build_periods where period <> ?", [PERIOD])
        con.execute("create temp table month as from finance.fct_allocations where period = ?", [PERIOD])
        ((once,),) = con.sql("select count(distinct charge_id) from month").fetchall()
        con.execute("delete from finance.fct_allocations")
        con.execute(REPEATED, [-(-charges // once)])
    return books


def _inside(program: str, books: Books) -> Timing:
    """The seconds that a program measured itself."""
    clock = books.home / "seconds.json"
    command = [sys.executable, "-m", "benchmarks.journal", program, str(books.warehouse), str(clock)]
    timing = timed(command, {"TOKENBOOKS_TARGET": "duckdb", "TOKENBOOKS_WAREHOUSE": str(books.warehouse)})
    return Timing(json.loads(clock.read_text()), timing.peak_mib)


def _agreed(books: Books) -> tuple[int, int]:
    """How many charges there were and how many lines came of them. Raises BenchmarkFailed when the two differ."""
    with duckdb.connect(books.warehouse, read_only=True) as con:
        differing = f"(from by_hand except ({BY_MODELS})) union all (({BY_MODELS}) except from by_hand)"
        if found := con.sql(differing).fetchmany(5):
            raise BenchmarkFailed(f"the two journals differ, such as in {found}")
        ((charges,),) = con.sql("select count(distinct charge_id) from finance.fct_allocations").fetchall()
        ((lines,),) = con.sql("select count(*) from by_hand").fetchall()
    if not lines:
        raise BenchmarkFailed("there is no journal")
    return charges, lines


def _query(warehouse: Path) -> Callable[[], object]:
    con = duckdb.connect(warehouse, config={"threads": 2, "preserve_insertion_order": False})
    query = QUERY.read_text()
    return lambda: con.execute(query)


def _dbt(warehouse: Path) -> Callable[[], object]:
    from dbt.cli.main import dbtRunner

    target = str(warehouse.parent / ".dbt")
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", target]
    quiet = ["--log-path", target, "--log-level-file", "error", "--quiet"]
    manifest = dbtRunner().invoke(["parse", *folders, *quiet]).result

    def run() -> None:
        done = dbtRunner(manifest=manifest).invoke(["run", *folders, *quiet, *MODELS])
        if not done.success:
            raise BenchmarkFailed(str(done.exception or done.result))

    return run


def _program(name: str, warehouse: str, clock: str) -> None:
    """What a measured process does: make ready, then write down the seconds of the work itself."""
    work = {"query": _query, "dbt": _dbt}[name](Path(warehouse))
    started = time.perf_counter()
    work()
    Path(clock).write_text(json.dumps(time.perf_counter() - started))


if __name__ == "__main__":
    _program(*sys.argv[1:])
