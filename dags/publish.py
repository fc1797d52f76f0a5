"""warehouse → what people open. Wakes when the warehouse changed."""

from airflow.sdk import dag, task

from dags.wiring import FLOW, WAREHOUSE


@dag(schedule=[WAREHOUSE], **FLOW)
def publish() -> None:
    """Swap in the serving database, statements, validation report and journals."""

    @task
    def swap() -> None:
        """Publish what the warehouse holds now; nothing when it is out already."""
        import pipeline

        pipeline.publish(pipeline.Books.open())

    swap()


publish()
