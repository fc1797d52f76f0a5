"""Looks at a running Airflow and at the books, tells what happens, and knows when everything is published."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from pipeline.settings import Books
from pipeline.up.api import AirflowApi, FlowRun
from pipeline.up.components import Components

PAUSE = 1.0
DONE = ("success", "failed")


class Watch:
    """The eyes of `up`. `begin` before anything is delivered, then `until_published` or `forever`."""

    def __init__(self, books: Books, api: AirflowApi, components: Components, say: Callable[[str], None]) -> None:
        self.books = books
        self.api = api
        self.components = components
        self.say = say
        self._since = datetime.now(UTC)
        self._told: dict[str, str] = {}

    def begin(self) -> None:
        """Wake `ingest` when an earlier run left work undone: no file will change to wake it."""
        from pipeline import pending

        if not pending(self.books).nothing:
            self.say("work is left from an earlier run; waking ingest")
            self.api.wake("ingest")

    def until_published(self, seconds: float) -> int:
        """Return 0 once nothing is left to do, 1 with the reason when that cannot be or takes over `seconds`.

        A refused export ends it too, after the good ones are out. A component that dies raises ComponentDied.
        """
        from pipeline import pending

        started = time.monotonic()
        while time.monotonic() - started < seconds:
            failed = self._look()
            todo = pending(self.books)
            if todo.nothing and todo.arrived:
                if todo.refused:
                    self.say("\n".join(["published, but for these exports, which were refused:", *todo.refused]))
                    return 1
                self.say(f"published after {time.monotonic() - started:.0f} s")
                return 0
            if failed and not (todo.refused and all(run.flow == "ingest" for run in failed)):
                return 1
            time.sleep(PAUSE)
        self.say(f"not published after {seconds / 60:.0f} minutes: {todo}")
        return 1

    def forever(self) -> int:
        """Tell what happens until somebody stops us."""
        while True:
            self._look()
            time.sleep(PAUSE)

    def _look(self) -> list[FlowRun]:
        """Tell what changed since the last look. Returns the runs that failed for good."""
        self.components.check()
        try:
            runs = self.api.runs(self._since)
        except httpx.HTTPError:  # busy or restarting; a server that died was seen above
            return []
        for run in runs:
            if self._told.get(run.run_id) != run.state:
                self._told[run.run_id] = run.state
                took = f" after {run.seconds:.1f} s" if run.state in DONE and run.seconds else ""
                self.say(f"{datetime.now():%H:%M:%S}  {run.flow}: {run.state}{took}")
                if run.state == "failed":
                    self.say(self.api.why(run))
        return [run for run in runs if run.state == "failed"]
