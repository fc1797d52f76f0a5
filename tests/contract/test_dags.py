"""Every file in `dags/`, found by listing: read by Airflow without an error, light, and woken by what it declares."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import ingestion

ROOT = Path(__file__).parents[2]
DAGS = ROOT / "dags"
# They take seconds to import, for every parse of every file and every task; a flow needs none of them to be declared.
HEAVY = {
    "airflow.providers.common.messaging.triggers.msg_queue",
    "altair",
    "dbt",
    "genai_prices",
    "great_expectations",
    "pandas",
    "typer",
}

# Asked in a process of its own: Airflow's home and settings must be there before it is imported.
READ = """
import json, sys
from airflow.dag_processing.dagbag import BundleDagBag
from pathlib import Path
folder = Path(sys.argv[1])
bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags")

def leaves(assets):
    if hasattr(assets, "objects"):
        return [leaf for part in assets.objects for leaf in leaves(part)]
    return [assets] if hasattr(assets, "watchers") else []

def flow(dag):
    timetable = dag.timetable
    assets = getattr(timetable, "asset_condition", None)
    swept = getattr(timetable, "timetable", None)
    return {
        "file": Path(dag.fileloc).name,
        "condition": type(assets).__name__,
        "assets": sorted(asset.name for asset in leaves(assets)),
        "watchers": [watcher.trigger.serialize() for asset in leaves(assets) for watcher in asset.watchers],
        "cron": getattr(swept, "expression", None),
        "clock": getattr(timetable, "expression", None),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "params": sorted(dag.params),
        "tasks": {
            task.task_id: {
                "retries": task.retries,
                "outlets": [outlet.name for outlet in task.outlets],
                "downstream": sorted(task.downstream_task_ids),
                "trigger_rule": task.trigger_rule,
            }
            for task in dag.tasks
        },
    }

flows = {name: flow(dag) for name, dag in bag.dags.items()}
print(json.dumps({"errors": bag.import_errors, "modules": sorted(sys.modules), "flows": flows}))
"""


def read(folder: Path, home: Path, project: Path = ROOT, **more: str) -> dict[str, Any]:
    """What Airflow finds in `folder`, with the books at `home`/books and `more` in the environment."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "TOKENBOOKS_HOME": str(home / "books"),
        "PYTHONPATH": str(project),
        **more,
    }
    command = [sys.executable, "-c", READ, str(folder)]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return read(DAGS, tmp_path_factory.mktemp("dags"))


@pytest.fixture(scope="module")
def flows(found: dict[str, Any]) -> Mapping[str, Any]:
    assert not found["errors"]
    return found["flows"]


def test_every_file_gives_the_flow_of_its_name(flows: Mapping[str, Any]) -> None:
    files = {path.stem for path in DAGS.glob("*.py")} - {"__init__", "wiring", "doors", "pull"}
    assert files == {"ingest", "warehouse", "publish", "close_period"}
    assert {name: flow["file"] for name, flow in flows.items()} == {name: f"{name}.py" for name in files}


def test_declaring_the_flows_imports_nothing_heavy(found: dict[str, Any]) -> None:
    assert "airflow.sdk" in found["modules"]
    assert not HEAVY & set(found["modules"])


def test_a_change_in_landing_wakes_ingest_and_a_sweeper_does_too(flows: Mapping[str, Any], tmp_path: Path) -> None:
    ingest = flows["ingest"]
    assert ingest["assets"] == ["landing"]
    assert ingest["cron"] == "*/15 * * * *"
    (path, kwargs), *others = ingest["watchers"]
    assert not others
    assert path == "pipeline.trigger.LandingTrigger"
    assert kwargs["landing"].endswith("/books/landing")
    # A file that has stood still for as long as `load` asks must not be announced sooner: it would be passed over.
    from ingestion.landing import QUIET

    assert kwargs["settle"] >= QUIET


def test_a_queue_wakes_ingest_too_where_one_is_named(tmp_path: Path) -> None:
    """Beside landing, not instead of it; what is no JSON is told by the name of the setting."""
    setting = {"scheme": "redis+pubsub", "channels": ["landing"], "redis_conn_id": "ours", "poll_interval": 2}
    found = read(DAGS, tmp_path, TOKENBOOKS_QUEUE=json.dumps(setting))
    assert not found["errors"]
    landing, (path, kwargs) = found["flows"]["ingest"]["watchers"]
    assert landing[0] == "pipeline.trigger.LandingTrigger"
    assert path == "airflow.providers.redis.triggers.redis_await_message.AwaitMessageTrigger"
    assert kwargs == {"channels": ["landing"], "redis_conn_id": "ours", "poll_interval": 2}

    errors = "".join(read(DAGS, tmp_path, TOKENBOOKS_QUEUE="redis+pubsub://landing")["errors"].values())
    assert 'error parsing value for field "queue"' in errors


def test_any_source_wakes_the_warehouse_and_the_warehouse_wakes_publish(flows: Mapping[str, Any]) -> None:
    sources = ingestion.sources()
    assert len(sources) >= 5
    assert flows["warehouse"]["assets"] == sorted(f"raw_{source}" for source in sources)
    assert flows["warehouse"]["condition"] == "AssetAny"
    assert flows["publish"]["assets"] == ["warehouse"]
    assert flows["warehouse"]["tasks"]["build"]["outlets"] == ["warehouse"]


def test_flows_run_one_at_a_time_and_in_few_tasks(flows: Mapping[str, Any]) -> None:
    woken = {name: flow for name, flow in flows.items() if name != "close_period"}
    assert {flow["max_active_runs"] for flow in woken.values()} == {1}
    assert {flow["catchup"] for flow in flows.values()} == {False}
    assert {name: sorted(flow["tasks"]) for name, flow in woken.items()} == {
        "ingest": ["load", "missing"],
        "warehouse": ["build"],
        "publish": ["swap"],
    }
    assert {
        task["retries"] for flow in woken.values() for name, task in flow["tasks"].items() if name != "missing"
    } == {3}


def test_a_month_is_closed_by_hand_after_approval_and_a_no_is_undone(flows: Mapping[str, Any]) -> None:
    """Nothing starts it but a person; `publish` is woken once the warehouse follows the ledger."""
    flow = flows["close_period"]
    assert (flow["assets"], flow["cron"], flow["watchers"]) == ([], None, [])
    assert flow["params"] == ["entity", "period", "prepared_by"]
    assert flow["max_active_runs"] > 1  # one that waits for its approval holds up no other
    tasks = flow["tasks"]
    assert tasks["prepare"]["downstream"] == ["approval"]
    assert tasks["approval"]["downstream"] == ["lock_in"]
    assert tasks["lock_in"]["downstream"] == ["build", "withdraw"]
    assert tasks["withdraw"]["trigger_rule"] == "all_skipped"
    assert tasks["build"]["outlets"] == ["warehouse"]


def test_refusals_are_told_after_the_good_loads_went_on(flows: Mapping[str, Any]) -> None:
    load, missing = flows["ingest"]["tasks"]["load"], flows["ingest"]["tasks"]["missing"]
    assert load["outlets"] == ["woken_by_ingest"]  # events are stored when `load` succeeds, so before `missing` fails
    assert load["downstream"] == ["missing"]
    assert missing == {"retries": 0, "outlets": [], "downstream": [], "trigger_rule": "all_success"}


CONNECTED = """
connectors:
  - {source: openai_costs, account: acme-openai}
  - {source: anthropic_cost_report, account: Über uns, schedule: "30 4 * * 1", connection: claude}
"""


def test_each_connector_of_the_company_is_a_flow_by_the_clock(tmp_path: Path) -> None:
    """Only it: what it lands wakes `ingest` through landing, so it has no outlet."""
    company = tmp_path / "books" / "company"
    company.mkdir(parents=True)
    (company / "tokenbooks.yml").write_text(CONNECTED)
    found = read(DAGS, tmp_path)
    assert not found["errors"]
    assert not HEAVY & set(found["modules"])
    pulls = {name: flow for name, flow in found["flows"].items() if flow["file"] == "pull.py"}
    assert {name: flow["clock"] for name, flow in pulls.items()} == {
        "pull_openai_costs_acme-openai": "0 6 * * *",
        "pull_anthropic_cost_report__ber_uns": "30 4 * * 1",
    }
    for flow in pulls.values():
        assert (flow["assets"], flow["catchup"], flow["max_active_runs"]) == ([], False, 1)
        assert {name: (task["retries"], task["outlets"]) for name, task in flow["tasks"].items()} == {"fetch": (3, [])}


FETCH = """
import sys
from airflow.dag_processing.dagbag import BundleDagBag
from pathlib import Path
folder = Path(sys.argv[1])
bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags")
print(bag.dags["pull_openai_costs_acme"].get_task("fetch").python_callable())
"""


def test_the_task_of_a_connector_fetches_with_the_key_of_its_airflow_connection(tmp_path: Path) -> None:
    """By the function that the command line calls, into the books' landing; the key is nowhere in what it says."""
    from pipeline.settings import Books
    from tests.provider_endpoints import openai
    from tests.provider_fixture import KEY

    books = Books.create(tmp_path / "books")
    listed = "connectors:\n  - {source: openai_costs, account: acme, connection: openai_admin}\n"
    (books.company / "tokenbooks.yml").write_text(listed)
    with openai().serving() as provider:
        environment = {
            **os.environ,
            "AIRFLOW_HOME": str(tmp_path / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_OPENAI_ADMIN": json.dumps({"conn_type": "generic", "password": KEY}),
            "TOKENBOOKS_HOME": str(books.home),
            "TOKENBOOKS_OPENAI_URL": provider.url,
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-c", FETCH, str(DAGS)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (delivery,) = (books.landing / "openai_costs" / "acme").iterdir()
    assert done.stdout.splitlines()[-1] == str([delivery.name])
    assert KEY not in done.stdout + done.stderr


def test_a_wrong_company_file_is_told_as_an_import_error(tmp_path: Path) -> None:
    """And of that file alone: everything else goes on."""
    company = tmp_path / "books" / "company"
    company.mkdir(parents=True)
    (company / "tokenbooks.yml").write_text("connectors:\n  - {source: openai_costs}\n")
    found = read(DAGS, tmp_path)
    ((path, error),) = found["errors"].items()
    assert Path(path).name == "pull.py"
    assert "tokenbooks.yml" in error
    assert "account" in error
    assert "ingest" in found["flows"]


def test_a_source_added_as_a_folder_wakes_the_warehouse_without_another_change(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for room in ("dags", "pipeline", "ingestion", "expectations"):
        shutil.copytree(ROOT / room, project / room, ignore=shutil.ignore_patterns("__pycache__"))
    sources = project / "ingestion" / "sources"
    shutil.copytree(sources / "focus", sources / "focus_of_another")
    settings = sources / "focus_of_another" / "source.yml"
    settings.write_text(settings.read_text().replace("id: focus\n", "id: focus_of_another\n"))
    found = read(project / "dags", tmp_path, project)
    assert not found["errors"]
    assert "raw_focus_of_another" in found["flows"]["warehouse"]["assets"]


@pytest.mark.parametrize(
    ("error", "retried"),
    [
        (OSError("no space left on device"), True),
        (ConnectionError("reset by peer"), True),
        (ValueError("a bug"), False),
        ("duckdb.IOException", True),
        ("duckdb.BinderException", False),
        ("pipeline.BuildFailed", False),
        ("pipeline.company.CompanyRefused", False),
        ("ingestion.ExportRefused", False),
        ("ingestion.connectors.Unavailable", True),
        ("ingestion.connectors.PullRefused", False),
    ],
    ids=str,
)
def test_only_what_another_try_can_cure_is_tried_again(error: Exception | str, retried: bool) -> None:
    from airflow.sdk import RetryAction
    from airflow.sdk.module_loading import import_string

    from dags.wiring import CURABLE

    if isinstance(error, str):
        kind = import_string(error)
        error = kind.__new__(kind)
    decision = CURABLE.evaluate(error, try_number=1, max_tries=3)
    assert decision.action is (RetryAction.RETRY if retried else RetryAction.FAIL)
