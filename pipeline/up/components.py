"""Airflow's four processes: started each in a session of its own, watched, and stopped with all they started.

Tasks put themselves in process groups of their own, so a group is not enough: what counts is the session.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

AIRFLOW = [sys.executable, "-m", "airflow"]
# Tasks are forked from the scheduler: what it has imported they need not import, which saves each of them seconds.
PRELOAD = ("altair", "duckdb", "duckdb_sqlalchemy", "genai_prices", "great_expectations", "jinja2", "pyarrow.parquet")
SCHEDULER = f"import {', '.join(PRELOAD)}; from airflow.__main__ import main; main()"
# Their log servers would listen on every interface; on one machine the API server reads the files.
SERVERS = {
    "api-server": [*AIRFLOW, "api-server"],
    "scheduler": [sys.executable, "-c", SCHEDULER, "scheduler", "--skip-serve-logs"],
    "triggerer": [*AIRFLOW, "triggerer", "--skip-serve-logs"],
    "dag-processor": [*AIRFLOW, "dag-processor"],
}
# A task that runs when Ctrl-C comes may end on its own; after this it is killed, which the books survive.
GRACE = 15.0


class ComponentDied(Exception):
    """A component ended by itself; the message holds the last lines of its log."""


@dataclass
class Components:
    """The processes of one Airflow. Use as a context: whatever happens inside, none is left behind."""

    environment: dict[str, str]
    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> "Components":
        self._clear_leftovers()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, commands: dict[str, list[str]]) -> None:
        """Run commands side by side to their end, e.g. the migration. Raises ComponentDied when one fails."""
        for name, command in commands.items():
            self.start(name, command)
        for name in commands:
            if self.running[name].wait():
                self.check()
            del self.running[name]

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start a server with its output in `<logs>/<name>.log`, beginning afresh."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                env=self.environment,
                cwd=self.logs,  # no file beside the person who starts us can stand for a module of ours
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches us alone, and we stop them in order
            )
        self._record()
        return self.running[name]

    def start_all(self) -> None:
        """Start the four servers."""
        for name, command in SERVERS.items():
            self.start(name, command)

    def check(self) -> None:
        """Raise ComponentDied with the reason when one has ended: servers do not end by themselves."""
        for name, process in self.running.items():
            code = process.poll()
            if code is not None:
                log = self.logs / f"{name}.log"
                raise ComponentDied(f"Airflow's {name} ended with code {code}; {log} ends:\n{tail(log)}")

    def stop(self) -> None:
        """Ask every component to end, then kill what is left of their sessions. Returns when nothing is left."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        wait_until(lambda: not self.left(), GRACE)
        while remaining := self.left():
            for process in remaining:
                _kill(process)
            psutil.wait_procs(remaining, timeout=5)
        for started in self.running.values():
            started.wait()
        self._sessions.unlink(missing_ok=True)

    def left(self) -> list[psutil.Process]:
        """Every living process of our sessions, the components' children and grandchildren included.

        A session of ours that is not in `running` was begun in the very moment in which somebody stopped us.
        """
        for process in self.running.values():
            process.poll()
        begun = {child.pid for child in psutil.Process().children() if _session(child) == child.pid}
        return _members(begun | {process.pid for process in self.running.values()})

    @property
    def _sessions(self) -> Path:
        return self.logs / "sessions.json"

    def _record(self) -> None:
        """Write down which sessions are ours, for the one who comes after us should we be killed."""
        began = {process.pid: _begun(process.pid) for process in self.running.values()}
        self._sessions.write_text(json.dumps(began))

    def _clear_leftovers(self) -> None:
        """End what a killed predecessor left: two schedulers on one database would fight.

        A session's number is not given away while any member lives; a leader begun at another time is a stranger.
        """
        recorded = json.loads(self._sessions.read_text()) if self._sessions.exists() else {}
        ours = {int(pid) for pid, began in recorded.items() if _begun(int(pid)) in (None, began)}
        while remaining := _members(ours):
            for process in remaining:
                _kill(process)
            psutil.wait_procs(remaining, timeout=5)


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for the person who must see why."""
    if not log.exists():
        return "(no log)"
    return "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])


def _members(sessions: set[int]) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _session(process) in sessions]


def _begun(pid: int) -> float | None:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def _session(process: psutil.Process) -> int | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getsid(process.pid)
    except (OSError, psutil.Error):
        return None


def _kill(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return
