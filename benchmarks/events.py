"""From exports in landing to published books under a real Airflow, beside the same flows with empty tasks.

The clock starts when the exports of the sample's story begin to land, with Airflow up and idle, and stops when the last
flow has ended: for both by the same look, five times a second.
"""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import BenchmarkFailed, Figure, Timing
from pipeline import pending
from pipeline.beginning import begin, deliver
from pipeline.settings import Books
from pipeline.up import airflow
from pipeline.up.watch import Watch

LIMIT = 1.6
EMPTY = Path(__file__).parent / "empty_flows"
FLOWS = ("ingest", "warehouse", "publish")
PATIENCE = 600.0


def measure(workplace: Path, _scale: float, repeats: int) -> Figure:
    """Each run starts its own Airflow on books of its own, so that nothing is in yet."""
    real: list[tuple[Timing, dict[str, float]]] = []
    empty: list[tuple[Timing, dict[str, float]]] = []
    for number in range(repeats):
        real.append(_through(workplace / f"real-{number}", None, _is_published))
        empty.append(_through(workplace / f"empty-{number}", EMPTY, lambda _: True))
    ours, bare = [timing for timing, _ in real], [timing for timing, _ in empty]
    figure = Figure("file lands to published, sample company", ours, "the same flows with empty tasks", bare, LIMIT)
    figure.notes = [f"where the time goes: {_where(real[-1])}", f"with empty tasks: {_where(empty[-1])}"]
    return figure


def _through(home: Path, dags: Path | None, published: Callable[[Books], bool]) -> tuple[Timing, dict[str, float]]:
    """Seconds from the first delivery to the end of the last flow, and the seconds each flow ran."""
    begin(home, sample=True, with_exports=False)
    books = Books.open(home)
    with airflow(books, lambda _: None, dags) as watch:
        since, started = datetime.now(UTC), time.perf_counter()
        deliver(books, whole=False)
        flows = _wait(watch, since, lambda: published(books))
        seconds = time.perf_counter() - started
    shutil.rmtree(home)
    return Timing(seconds, 0.0), flows


def _wait(watch: Watch, since: datetime, published: Callable[[], bool]) -> dict[str, float]:
    """Wait until `publish` ran, nothing runs any more and the books agree."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        watch.components.check()
        runs = watch.api.runs(since)
        if failed := [run for run in runs if run.state == "failed"]:
            raise BenchmarkFailed(watch.api.why(failed[0]))
        out = any(run.flow == "publish" and run.state == "success" for run in runs)
        if out and all(run.state == "success" for run in runs) and published():
            return {flow: sum(run.seconds or 0 for run in runs if run.flow == flow) for flow in FLOWS}
        time.sleep(0.2)
    raise BenchmarkFailed(f"not published after {PATIENCE:.0f} s")


def _is_published(books: Books) -> bool:
    return pending(books).nothing


def _where(run: tuple[Timing, dict[str, float]]) -> str:
    """The seconds of a run by flow; what is left is waiting between them."""
    timing, flows = run
    parts = [f"{flow} {seconds:.1f} s" for flow, seconds in flows.items()]
    return ", ".join([*parts, f"watching and waking {timing.seconds - sum(flows.values()):.1f} s"])
