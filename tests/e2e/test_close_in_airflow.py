"""A month is closed in a real Airflow: its preparer is refused as approver, a second person is not, a no undoes it.

CTL-08 and INV-26 where people meet them: in the user interface, whose answers go over this API.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.close import read_calendar
from pipeline.settings import Books
from pipeline.up.airflow_home import APPROVER, USER
from tests.airflow_fixture import PATIENCE, Up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FLOW = "/api/v2/dags/close_period/dagRuns"
BOTH = "US01 IE01"


@pytest.fixture(scope="module")
def airflow(story: Books, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Airflow on the sample's books, published."""
    books = Books.open(Path(shutil.copytree(story.home, tmp_path_factory.mktemp("close") / "books")))
    command = [sys.executable, "-m", "pipeline", "run", "--books", str(books.home)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    with Up.start(books) as up:
        up.runs_until("Airflow runs", lambda: f"user {APPROVER}, password" in up.said())
        yield up


def asked(airflow: Up, period: str, prepared_by: str) -> str:
    """A run, started by the administrator, that waits for its approval."""
    api = airflow.api()
    conf = {"period": period, "entity": BOTH, "prepared_by": prepared_by}
    run = api._send("POST", FLOW, json={"logical_date": None, "conf": conf}).json()["dag_run_id"]
    airflow.runs_until("the gate has passed", lambda: states(airflow, run).get("approval") == "awaiting_input")
    return str(run)


def states(airflow: Up, run: str) -> dict[str, str]:
    """The state of each task of a run."""
    tasks = airflow.api()._get(f"{FLOW}/{run}/taskInstances")["task_instances"]
    return {task["task_id"]: task["state"] for task in tasks}


def answered(airflow: Up, run: str, user: str, answer: str) -> dict[str, str]:
    """The tasks of a run whose question a user answers as often as it is asked, once it is over.

    Airflow asks again when the answer comes within the instant in which its scheduler still takes the question for
    running: it finds the task queued, calls it lost and tries it a second time.
    """
    details = f"{FLOW}/{run}/taskInstances/approval/-1/hitlDetails"
    asker, answerer = airflow.api(), airflow.api(user)

    def over() -> bool:
        if states(airflow, run)["approval"] == "awaiting_input":
            answerer._send("PATCH", details, json={"chosen_options": [answer]})
        return asker._get(f"{FLOW}/{run}")["state"] in ("success", "failed")

    airflow.runs_until("it is over", over)
    return states(airflow, run)


def state(books: Books, period: str) -> set[str]:
    return {read_calendar(books).state(entity, period) for entity in BOTH.split()}


def test_the_preparer_is_refused_and_a_second_person_closes(airflow: Up) -> None:
    """The one who started the run may not approve it either, whatever name stands as preparer."""
    run = asked(airflow, "2026-08", "E034")
    body = airflow.api()._get(f"{FLOW}/{run}/taskInstances/approval/-1/hitlDetails")["body"]
    assert "| 2110 |" in body
    assert "Allocations and pool sum" in body
    assert state(airflow.books, "2026-08") == {"soft_closed"}
    ended = answered(airflow, run, USER, "Approve")
    assert (ended["lock_in"], ended["build"], ended["withdraw"]) == ("failed", "upstream_failed", "skipped")
    log = next((airflow.books.home / ".airflow" / "logs").glob(f"dag_id=close_period/run_id={run}/task_id=lock_in/*"))
    assert "INV-26" in log.read_text()
    assert state(airflow.books, "2026-08") == {"soft_closed"}

    run = asked(airflow, "2026-08", "E034")
    ended = answered(airflow, run, APPROVER, "Approve")
    assert (ended["lock_in"], ended["build"], ended["withdraw"]) == ("success", "success", "skipped")
    assert state(airflow.books, "2026-08") == {"closed"}
    event = read_calendar(airflow.books).months["US01", "2026-08"].last
    assert (event.prepared_by, event.approved_by) == ("E034", APPROVER)
    lines = airflow.books.ledger / event.batch / "postings.parquet"
    assert duckdb.sql(f"select sum(debit) = sum(credit), count(*) = {event.lines} from '{lines}'").fetchone() == (
        True,
        True,
    )


def test_a_no_opens_the_month_again(airflow: Up) -> None:
    run = asked(airflow, "2026-09", "E034")
    ended = answered(airflow, run, APPROVER, "Reject")
    assert (ended["lock_in"], ended["build"], ended["withdraw"]) == ("skipped", "skipped", "success")
    assert state(airflow.books, "2026-09") == {"open"}
    assert run in read_calendar(airflow.books).months["US01", "2026-09"].last.requested_by


def test_what_is_missing_is_told_and_nobody_is_asked(airflow: Up) -> None:
    conf = {"period": "2026-11", "entity": "US01", "prepared_by": "E034"}
    run = airflow.api()._send("POST", FLOW, json={"logical_date": None, "conf": conf}).json()["dag_run_id"]
    airflow.runs_until("it is over", lambda: airflow.api()._get(f"{FLOW}/{run}")["state"] == "failed")
    assert states(airflow, run)["approval"] == "upstream_failed"
    log = next((airflow.books.home / ".airflow" / "logs").glob(f"dag_id=close_period/run_id={run}/task_id=prepare/*"))
    assert "not so: Every day of" in log.read_text()


def test_it_ends_in_order(airflow: Up, tmp_path: Path) -> None:
    airflow.process.terminate()
    airflow.end()
    assert airflow.left() == []
