"""lake → warehouse. Wakes when any source has new loads, and builds the periods they touch."""

from typing import Any

from airflow.sdk import AssetAny, dag, task

from dags.wiring import FLOW, RAW, WAREHOUSE


@dag(schedule=AssetAny(*RAW.values()), **FLOW)
def warehouse() -> None:
    """Turn the lake into allocations, classes and a journal, gated."""

    @task(outlets=[WAREHOUSE])
    def build() -> None:
        """Build until nothing is stale: a load that came meanwhile is taken along."""
        import pipeline
        from pipeline.settings import Books

        books = Books.open()
        while pipeline.build(books).periods:
            pass

    build()


warehouse()
