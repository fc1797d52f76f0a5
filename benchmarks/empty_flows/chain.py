"""The product's three flows with nothing in their tasks: the time Airflow itself takes from landing to publish.

Same watcher, assets, settings and ids as `dags/`; only the work is missing.
"""

from typing import Any

from airflow.sdk import AssetAlias, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from dags.wiring import FLOW, LANDING, RAW, WAREHOUSE

WOKEN = AssetAlias("woken_by_ingest")


@dag(
    schedule=AssetOrTimeSchedule(assets=[LANDING], timetable=CronTriggerTimetable("*/15 * * * *", timezone="UTC")),
    **FLOW,
)
def ingest() -> None:
    """Wake `warehouse`, whatever came."""

    @task.short_circuit(outlets=[WOKEN])
    def load(*, outlet_events: Any) -> list[str]:
        for raw in RAW.values():
            outlet_events[WOKEN].add(raw)
        return []

    @task
    def refused(exports: list[str]) -> None:
        pass

    refused(load())


@dag(schedule=AssetAny(*RAW.values()), **FLOW)
def warehouse() -> None:
    """Wake `publish`."""

    @task(outlets=[WAREHOUSE])
    def build() -> None:
        pass

    build()


@dag(schedule=[WAREHOUSE], **FLOW)
def publish() -> None:
    """The end of the chain."""

    @task
    def swap() -> None:
        pass

    swap()


ingest()
warehouse()
publish()
