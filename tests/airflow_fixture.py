"""Airflow for tests: `tokenbooks up` in a process of its own, waited for and watched."""

import configparser
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from pipeline.settings import Books
from pipeline.up.airflow_home import USER, AirflowHome
from pipeline.up.api import AirflowApi

PATIENCE = 420.0


def until(what: str, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Poll until `condition` holds; fail by name when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        time.sleep(0.5)


def command_line(process: psutil.Process) -> str:
    """What a process runs; empty once it has ended, be it gone or waiting to be reaped."""
    try:
        return " ".join(process.cmdline()) if process.is_running() else ""
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


@dataclass
class Up:
    """`tokenbooks up` in a process of its own, what it said, and every process it ever had."""

    books: Books
    process: subprocess.Popen[bytes]
    output: Path
    seen: set[psutil.Process] = field(default_factory=set)

    @classmethod
    def start(cls, books: Books, *options: str) -> "Up":
        output = books.home.parent / f"up-{time.monotonic_ns()}.txt"
        command = [sys.executable, "-m", "pipeline", "up", "--books", str(books.home), *options]
        with output.open("wb") as file:
            return cls(books, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT), output)

    def __enter__(self) -> "Up":
        return self

    def __exit__(self, *_: object) -> None:
        if self.look():
            self.process.terminate()
            self.end()

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def look(self) -> bool:
        """Remember every process there is below us; false once `up` has ended."""
        with suppress(psutil.NoSuchProcess):
            self.seen.update(psutil.Process(self.process.pid).children(recursive=True))
        return self.process.poll() is None

    def runs_until(self, what: str, condition: Callable[[], object]) -> None:
        def holds() -> object:
            assert self.look(), f"up ended: {self.said()}"
            return condition()

        until(f"{what}; up said: {self.said()[-3000:]}", holds)

    def end(self) -> int:
        """Wait for the end; returns the exit code."""
        until("up ends", lambda: not self.look(), 60)
        return self.process.returncode

    def left(self) -> list[str]:
        """What is left of its processes."""
        return [line for process in self.seen if (line := command_line(process))]

    def api(self, user: str = USER) -> AirflowApi:
        """A client of this Airflow for one of its users."""
        home = self.books.home / ".airflow"
        config = configparser.RawConfigParser()
        config.read(home / "airflow.cfg")
        password = json.loads((home / "passwords.json").read_text())[user]
        return AirflowApi(AirflowHome(home, config.getint("api", "port"), password, user=user))
