"""landing → lake. Wakes when landing changes, and every quarter of an hour in case an event was lost.

Its run is red while a refused export lies in landing: green would say that no money is missing.
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
        """Load until nothing is new. Gives the refused exports to the next task, which is skipped if there are none."""
        from pipeline import Books, load_new, pending

        books = Books.open()
        new = load_new(books).new
        new += load_new(books).new if new else []  # what landed meanwhile
        todo = pending(books)
        # With nothing new, what an earlier run left behind: one that died, or that woke a flow that was paused.
        for source in sorted({load.source for load in new} or todo.sources):
            outlet_events[WOKEN].add(RAW[source])
        if todo.unpublished:
            outlet_events[WOKEN].add(WAREHOUSE)
        return todo.refused

    @task(retries=0)
    def refused(exports: list[str]) -> None:
        """Fail with the reasons, after the good loads went on their way."""
        raise AirflowFailException("\n".join(["refused, and therefore not in the books:", *exports]))

    refused(load())


ingest()
