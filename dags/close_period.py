"""A month is closed: gate, approval by a second person in the Airflow UI, then what is drafted becomes history."""

from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task

from dags.wiring import FLOW, WAREHOUSE

ASKED = {
    "period": Param(type="string", pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="The month, YYYY-MM."),
    "entity": Param(type="string", description="The entity; several that charge each other, separated by spaces."),
    "prepared_by": Param(type="string", minLength=1, description="Who prepares it."),
}


# Several may wait for their approval; the books' lock lets one write at a time.
@dag(schedule=None, params=ASKED, **{**FLOW, "max_active_runs": 8})
def close_period() -> None:
    """Close a month of an entity, by two persons."""

    @task
    def prepare(*, params: dict[str, Any]) -> str:
        """The gate. Fails with everything that is missing; gives what the second person is to read."""
        from pipeline import Books, close

        ready = close.prepare(Books.open(), params["period"], params["entity"].split(), params["prepared_by"])
        return close.as_text(ready)

    @task
    def lock_in(answer: dict[str, Any], *, params: dict[str, Any], dag_run: Any) -> None:
        """Close it, if whoever approved is a second person."""
        from pipeline import Books, close

        who = answer["responded_by_user"]["name"]
        close.refuse_one_person(dag_run.triggering_user_name or "", "started the close", who)
        close.approve(Books.open(), params["period"], params["entity"].split(), who)

    @task(outlets=[WAREHOUSE])
    def build() -> None:
        """Bring the warehouse in line with the ledger; that wakes `publish`."""
        import pipeline

        pipeline.build(pipeline.Books.open())

    @task(trigger_rule="all_skipped")
    def withdraw(*, params: dict[str, Any], run_id: str) -> None:
        """The answer was no: the month is open again. Who said so stands with the run; a no is passed on to no task."""
        from pipeline import Books, close

        close.withdraw(Books.open(), params["period"], params["entity"].split(), f"Airflow run {run_id}")

    subject = "Close {{ params.period }} of {{ params.entity }}, prepared by {{ params.prepared_by }}?"
    approval = ApprovalOperator(task_id="approval", subject=subject, body=prepare())
    lock_in(approval.output) >> [build(), withdraw()]


close_period()
