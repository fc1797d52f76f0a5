"""landing → lake. Wakes when landing changes, and every quarter of an hour in case an event was lost.

Its run is red while landing holds an export that is not in the books: green would say that no money is missing.
"""

from typing import Any

from airflow.sdk import AssetAlias, AssetOrTimeSchedule, dag, task
from airflow.sdk.exceptions import AirflowFailException

from dags.wiring import FLOW, LANDING, RAW, SWEEP, WAREHOUSE

WOKEN = AssetAlias("woken_by_ingest")


@dag(schedule=AssetOrTimeSchedule(assets=[LANDING], timetable=SWEEP), **FLOW)
def ingest() -> None:
    """Archive, type and gate every export that is new, then wake whoever has work to do."""

    @task.short_circuit(outlets=[WOKEN])
    def load(*, outlet_events: Any) -> list[str]:
        """Load until nothing is new. Gives what could not be loaded to the next task, which is skipped if all could."""
        from pipeline import Books, load_new, pending

        books = Books.open()
        report = load_new(books)
        new = report.new
        if new:
            report = load_new(books)  # what landed meanwhile
        todo = pending(books)
        # With nothing new, what an earlier run left behind: one that died, or that woke a flow that was paused.
        for source in sorted({load.source for load in new + report.new} or todo.sources):
            outlet_events[WOKEN].add(RAW[source])
        if todo.unpublished and not new:  # else the warehouse wakes `publish` when it is done
            outlet_events[WOKEN].add(WAREHOUSE)
        return report.errors

    @task(retries=0)
    def missing(exports: list[str]) -> None:
        """Fail with the reasons, after the good loads went on their way."""
        raise AirflowFailException("\n".join(["in landing, but not in the books:", *exports]))

    missing(load())


ingest()
