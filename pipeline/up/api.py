"""What Airflow says of itself over its API: is it up, which flows ran, which failed and why."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from pipeline.up.airflow_home import AirflowHome

SERVING = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@dataclass(frozen=True)
class FlowRun:
    """One run of a DAG: `state` is queued, running, success or failed."""

    flow: str
    run_id: str
    state: str
    seconds: float | None


class AirflowApi:
    """A client of one Airflow, for its owner."""

    def __init__(self, home: AirflowHome) -> None:
        self.home = home
        self._client = httpx.Client(base_url=home.url, timeout=10, trust_env=False)

    def healthy(self) -> bool:
        """Whether every component answers or has sent a heartbeat lately."""
        try:
            answer = self._client.get("/api/v2/monitor/health")
        except httpx.TransportError:
            return False
        if answer.status_code != httpx.codes.OK:
            return False
        health = answer.json()
        return all((health.get(name) or {}).get("status") == "healthy" for name in SERVING)

    def warm(self) -> None:
        """Let the server build the part of its API that tasks talk to: otherwise the first task waits 5 s for it."""
        self._client.get("/execution/health", timeout=60)

    def flows(self) -> list[str]:
        """The DAGs Airflow has read so far, by name."""
        return sorted(dag["dag_id"] for dag in self._get("/api/v2/dags")["dags"])

    def broken_flows(self) -> list[str]:
        """Files Airflow could not read, each with the error."""
        errors = self._get("/api/v2/importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip()}" for error in errors]

    def runs(self, since: datetime) -> list[FlowRun]:
        """Runs that something happened to after `since`, oldest first."""
        found = self._get("/api/v2/dags/~/dagRuns", updated_at_gte=since.isoformat(), order_by="run_after", limit=100)
        return [
            FlowRun(run["dag_id"], run["dag_run_id"], run["state"], run.get("duration")) for run in found["dag_runs"]
        ]

    def wake(self, flow: str) -> None:
        """Start a run of a flow now, as its button in the user interface does."""
        self._send("POST", f"/api/v2/dags/{flow}/dagRuns", json={"logical_date": None})

    def pause(self, flow: str, paused: bool) -> None:
        """Pause a flow or let it go on, as its switch in the user interface does."""
        self._send("PATCH", f"/api/v2/dags/{flow}", json={"is_paused": paused})

    def failed_tasks(self, run: FlowRun) -> list[str]:
        """The tasks of a run that failed for good, by name."""
        return [task["task_id"] for task in self._failed(run)]

    def why(self, run: FlowRun) -> str:
        """The tasks that failed in a run, with what they said last and where the whole log lies."""
        lines = [f"{run.flow} failed"]
        for task in self._failed(run):
            log = self.home.logs / f"dag_id={run.flow}" / f"run_id={run.run_id}" / f"task_id={task['task_id']}"
            log = log / f"attempt={task['try_number']}.log"
            lines += [f"  task {task['task_id']}, try {task['try_number']}, says in {log}:", *_errors(log)]
        return "\n".join(lines)

    def _failed(self, run: FlowRun) -> list[dict[str, Any]]:
        tasks = self._get(f"/api/v2/dags/{run.flow}/dagRuns/{run.run_id}/taskInstances")["task_instances"]
        return [task for task in tasks if task["state"] == "failed"]

    def _get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query).json()

    def _send(self, method: str, path: str, **what: Any) -> httpx.Response:
        answer = self._client.request(method, path, **what)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._log_in()
            answer = self._client.request(method, path, **what)
        answer.raise_for_status()
        return answer

    def _log_in(self) -> None:
        answer = self._client.post("/auth/token", json={"username": self.home.user, "password": self.home.password})
        answer.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def _errors(log: Path) -> list[str]:
    """The errors in a task's log, a JSON document per line: the exceptions, without their frames."""
    found: list[str] = []
    for line in log.read_text(errors="replace").splitlines() if log.exists() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("level") in ("error", "critical"):
            causes = [f"{cause['exc_type']}: {cause['exc_value']}" for cause in entry.get("error_detail") or []]
            found += [f"    {text}" for said in causes or [entry.get("event", "")] for text in said.splitlines()]
    return found or [f"    nothing; see {log.parents[3]} for the servers' logs"]
