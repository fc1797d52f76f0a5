"""lake → warehouse. Wakes when any source has new loads, and builds the periods they touch."""

from airflow.sdk import AssetAny, dag, task

from dags.wiring import FLOW, RAW, WAREHOUSE


@dag(schedule=AssetAny(*RAW.values()), **FLOW)
def warehouse() -> None:
    """Turn the lake into allocations, classes and a journal, gated."""

    @task(outlets=[WAREHOUSE])
    def build() -> None:
        """Build what is stale, and look again: a load that came meanwhile is taken along."""
        import pipeline

        books = pipeline.Books.open()
        if pipeline.build(books).periods:
            pipeline.build(books)

    build()


warehouse()
