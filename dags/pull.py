"""provider → landing, by the clock: one flow per connector in company/tokenbooks.yml. What lands wakes `ingest`."""

import re

from airflow.sdk import Connection as AirflowConnection
from airflow.sdk import CronTriggerTimetable, dag, task

from dags.wiring import FLOW
from pipeline.company.connections import Connection
from pipeline.pull import configured
from pipeline.settings import Books


def flow_of(wanted: Connection) -> None:
    """The flow that fetches one export of one account."""
    name = re.sub(r"[^\w.-]", "_", f"pull_{wanted.source}_{wanted.account}", flags=re.ASCII)
    clock = CronTriggerTimetable(wanted.schedule, timezone="UTC")

    @dag(dag_id=name, schedule=clock, **FLOW)
    def pull() -> None:
        @task
        def fetch() -> list[str]:
            """Fetch what may have changed since it was last fetched. Gives the deliveries that lie in landing now."""
            from pydantic import SecretStr

            from pipeline.pull import Days
            from pipeline.pull import fetch as fetch_export

            secret = AirflowConnection.get(wanted.connection).password if wanted.connection else None
            found = fetch_export(Books.open(), wanted, Days(), key=SecretStr(secret) if secret else None)
            return [one.delivery for one in found if one.delivery]

        fetch()

    pull()


for connection in configured(Books.at()):
    flow_of(connection)
