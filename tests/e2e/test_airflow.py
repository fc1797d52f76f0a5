"""The whole way by event, under a real Airflow that runs for the module, with the sample delivered to it.

The tests follow each other as a day would: exports land, one of them bad; it is put right; a flow is paused while
another export lands; a server dies; the books are opened again. What comes out equals `tokenbooks run` row for row.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psutil
import pytest
import redis

from pipeline import pending
from pipeline.beginning import begin
from pipeline.sample import deliver_sample
from pipeline.settings import Books
from pipeline.up.airflow_home import DEFAULT_PORT
from pipeline.up.api import FlowRun
from tests.airflow_fixture import Up, command_line
from tests.redis_fixture import redis_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

GUIDE = Path(__file__).parents[2] / "docs" / "guide-data-engineer.md"
BAD = "openai_costs/acme-openai/2026-11-20T0600Z-truncated.json"


def published(books: Books) -> bool:
    return pending(books).nothing


def last(runs: list[FlowRun], flow: str) -> FlowRun | None:
    return next((run for run in reversed(runs) if run.flow == flow and run.state in ("success", "failed")), None)


@pytest.fixture(scope="module")
def held_back(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """The sample's exports, made once: where each lies and where in landing it belongs."""
    home = tmp_path_factory.mktemp("exports")
    made = deliver_sample(home, whole=False)
    assert len(made) > 10
    return [(path, str(path.relative_to(home / "landing"))) for path in made]


def deliver(books: Books, exports: list[tuple[Path, str]]) -> None:
    """Put exports into landing as providers would: each appears whole."""
    for path, place in exports:
        target = books.landing / place
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = books.home / ".delivering"
        shutil.copytree(path, beside) if path.is_dir() else shutil.copy(path, beside)
        os.replace(beside, target)


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    """A Redis server that `ingest` listens to, set up as the guide says."""
    (setting,) = re.findall(r"^export TOKENBOOKS_QUEUE='(.*)'$", GUIDE.read_text("utf-8"), re.MULTILINE)
    with redis_server(tmp_path_factory.mktemp("redis")) as client, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOKENBOOKS_QUEUE", setting)
        port = client.connection_pool.connection_kwargs["port"]
        patch.setenv("AIRFLOW_CONN_REDIS_DEFAULT", f"redis://127.0.0.1:{port}/0")
        yield client


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory, queue: redis.Redis) -> Iterator[Up]:
    """Airflow on the sample company's books, landing empty, its usual port taken by somebody else."""
    books = Books.create(tmp_path_factory.mktemp("airflow") / "books")
    begin(books.home, sample=True, with_exports=False, whole=False)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # taken by a real somebody
            other.bind(("127.0.0.1", DEFAULT_PORT))
            other.listen()
        with Up.start(books) as up:
            up.runs_until("Airflow runs", lambda: "Airflow runs after" in up.said())
            other.close()
            yield up


def test_a_taken_port_is_told_and_another_is_used(airflow: Up) -> None:
    assert f"port {DEFAULT_PORT} is taken" in airflow.said()
    assert "Traceback" not in airflow.said()
    assert airflow.api().home.port != DEFAULT_PORT
    assert airflow.api().healthy()


def test_it_listens_on_loopback_alone(airflow: Up) -> None:
    airflow.look()
    listening = [
        connection.laddr
        for process in airflow.seen
        if command_line(process)
        for connection in process.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert airflow.api().home.port in {address.port for address in listening}
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_what_lands_is_published_by_event_and_a_bad_file_holds_up_nothing(
    airflow: Up, held_back: list[tuple[Path, str]]
) -> None:
    began = datetime.now(UTC)
    bad = airflow.books.landing / BAD
    bad.parent.mkdir(parents=True)
    bad.write_text('{"object": "page", "data": [{"object": "bucket", "start_ti')
    deliver(airflow.books, held_back[:-1])
    airflow.runs_until("published", lambda: pending(airflow.books).arrived and published(airflow.books))
    assert (airflow.books.published / "finance.duckdb").is_file()
    assert any("truncated" in refused for refused in pending(airflow.books).refused)

    api = airflow.api()
    airflow.runs_until("flows are at rest", lambda: all(run.state in ("success", "failed") for run in api.runs(began)))
    runs = api.runs(began)
    assert {run.flow for run in runs} == {"ingest", "warehouse", "publish"}
    assert all(run.run_id.startswith("asset_triggered") for run in runs if run.flow != "ingest")
    red = last(runs, "ingest")
    assert red
    assert red.state == "failed"
    assert api.failed_tasks(red) == ["missing"]
    assert "truncated" in api.why(red)
    assert {run.state for run in runs if run.flow != "ingest"} == {"success"}


def test_ingest_is_green_again_once_the_bad_file_is_gone(airflow: Up) -> None:
    began, api = datetime.now(UTC), airflow.api()
    (airflow.books.landing / BAD).unlink()

    def green() -> bool:
        run = last(api.runs(began), "ingest")
        return run is not None and run.state == "success"

    airflow.runs_until("ingest is green", green)
    run = last(api.runs(began), "ingest")
    assert run
    assert api.failed_tasks(run) == []
    assert pending(airflow.books).refused == []


def test_an_event_lost_while_a_flow_was_paused_costs_nothing(airflow: Up, held_back: list[tuple[Path, str]]) -> None:
    api = airflow.api()
    api.pause("warehouse", True)
    deliver(airflow.books, held_back[-1:])
    airflow.runs_until("it is loaded", lambda: pending(airflow.books).sources and not pending(airflow.books).ready)
    began = datetime.now(UTC)
    api.pause("warehouse", False)
    api.wake("ingest")  # as the sweeper does, every quarter of an hour
    airflow.runs_until("published", lambda: published(airflow.books))
    assert {run.flow for run in api.runs(began)} == {"ingest", "warehouse", "publish"}


def woken_by(airflow: Up, began: datetime) -> list[dict[str, object]]:
    """What the events say of themselves that started the runs of `ingest` since `began` that ended well."""
    api = airflow.api()
    runs = [run for run in api.runs(began) if (run.flow, run.state) == ("ingest", "success")]
    events = [api._get(f"/api/v2/dags/ingest/dagRuns/{run.run_id}/upstreamAssetEvents")["asset_events"] for run in runs]
    return [event["extra"] for some in events for event in some]


def test_a_message_in_a_queue_wakes_ingest(airflow: Up, queue: redis.Redis) -> None:
    """Landing stands still: the event that started the run is the message itself."""
    began = datetime.now(UTC)
    # zero until the triggerer listens to the channel
    airflow.runs_until("the message is heard", lambda: queue.publish("landing", "delivered: invoice 4711"))
    airflow.runs_until("ingest ran", lambda: woken_by(airflow, began))
    (event,) = woken_by(airflow, began)
    assert event["from_trigger"] is True
    assert "delivered: invoice 4711" in str(event["payload"])


def test_the_guides_call_of_the_api_wakes_ingest(airflow: Up) -> None:
    (script,) = re.findall(r"^```bash\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    home = airflow.api().home
    environment = {**os.environ, "AIRFLOW": home.url, "AIRFLOW_USER": home.user, "AIRFLOW_PASSWORD": home.password}
    began = datetime.now(UTC)
    done = subprocess.run(["bash", "-euc", script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    airflow.runs_until("ingest ran", lambda: woken_by(airflow, began))
    assert woken_by(airflow, began) == [{"by": "nightly export", "from_rest_api": True}]


def test_the_books_equal_those_made_without_airflow(airflow: Up, story: Books) -> None:
    with duckdb.connect() as con:
        for name, books in (("a", airflow.books), ("b", story)):
            con.execute(f"attach '{books.published / 'finance.duckdb'}' as {name} (read_only)")
        listed = "select schema_name, table_name from duckdb_tables() where database_name = ? order by all"
        mine, theirs = (con.execute(listed, [name]).fetchall() for name in ("a", "b"))
        assert mine == theirs
        assert len(mine) > 15
        for schema, table in mine:
            for one, another in (("a", "b"), ("b", "a")):
                rows = f"from {one}.{schema}.{table} except all from {another}.{schema}.{table}"
                assert con.execute(f"select count(*) from ({rows})").fetchone() == (0,), f"{table}: rows only in {one}"
        assert len(con.execute(f"from a.{schema}.fct_allocations limit 1001").fetchall()) > 1000


def test_a_server_that_dies_ends_it_with_the_reason_and_nothing_is_left(airflow: Up) -> None:
    airflow.look()
    scheduler = next(process for process in airflow.seen if "great_expectations" in command_line(process))
    scheduler.send_signal(signal.SIGKILL)
    assert airflow.end() == 1
    assert "Airflow's scheduler ended with code -9" in airflow.said()
    assert len(airflow.seen) >= 8
    assert airflow.left() == []


def test_opening_it_again_changes_nothing_says_so_and_ends(airflow: Up) -> None:
    def files() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in airflow.books.home.rglob("*") if path.is_file()}

    before = files()
    assert len(before) > 100
    with Up.start(airflow.books, "--exit-when-published") as again:
        assert again.end() == 0
        assert "nothing changed" in again.said()
    assert files() == before


def test_stopping_it_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "books")
    begin(books.home, sample=True, with_exports=False)
    with Up.start(books) as up:
        up.runs_until("a process of Airflow's is there", lambda: "starting Airflow" in up.said() and up.seen)
        up.process.send_signal(signal.SIGTERM)
        assert up.end() == 0
    assert "stopped; no process is left" in up.said()
    assert "Traceback" not in up.said()
    assert up.left() == []
