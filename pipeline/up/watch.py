"""Looks at a running Airflow and at the books, tells what happens, and knows when everything is published."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx

from pipeline.settings import Books
from pipeline.up.api import AirflowApi, FlowRun
from pipeline.up.components import Components
from pipeline.up.stopping import heed

if TYPE_CHECKING:
    from pipeline import Pending

PAUSE = 1.0
# How long no flow may run before one that failed is the last word: one that it woke has begun by then.
AT_REST = 5.0
DONE = ("success", "failed")
PLACES = {
    "statements": "cost statements",
    "validation/index.html": "validation report",
    "finance.duckdb": "serving database",
}

Say = Callable[[str], None]


class Watch:
    """The eyes of `up`. `begin` before anything is delivered, then `until_published` or `forever`."""

    def __init__(self, books: Books, api: AirflowApi, components: Components, say: Say) -> None:
        self.books = books
        self.api = api
        self.components = components
        self.say = say
        self._since = datetime.now(UTC)
        self._told: dict[str, str] = {}
        self._beyond_cure: set[str] = set()  # failed runs other than those that only say which exports are missing

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
        started, rested = time.monotonic(), 0.0
        while (passed := time.monotonic() - started) < seconds:
            runs = {run.flow: run for run in self.look()}.values()  # of each flow the last
            failed = [run for run in runs if run.state == "failed"]
            if any(run.run_id in self._beyond_cure for run in failed):
                return 1
            rested = rested + PAUSE if all(run.state in DONE for run in runs) else 0.0
            if rested and ((failed and rested > AT_REST) or self._nothing_left()):
                return tell_end(self.books, self.say, f"published {passed:.0f} s after delivery") or len(failed)
            time.sleep(PAUSE)
        self.say(f"not published after {seconds / 60:.0f} minutes; left to do: {self._todo()}")
        return 1

    def forever(self) -> int:
        """Tell what happens until somebody stops us, and where to look whenever something new is out."""
        idle = True
        while True:
            at_work = any(run.state not in DONE for run in self.look())
            if not at_work and not idle and self._nothing_left():
                tell_end(self.books, self.say, "published")
            idle = not at_work
            time.sleep(PAUSE)

    def look(self) -> list[FlowRun]:
        """Tell what changed since the last look. Returns every run since we began. Raises Stopped when asked to end."""
        heed()
        self.components.check()
        try:
            runs = self.api.runs(self._since)
            for run in runs:
                if self._told.get(run.run_id) != run.state:
                    self._tell(run)
        except httpx.HTTPError:  # busy or restarting; a server that died was seen above
            return []
        return runs

    def _tell(self, run: FlowRun) -> None:
        took = f" after {run.seconds:.1f} s" if run.state in DONE and run.seconds else ""
        lines = [f"{datetime.now():%H:%M:%S}  {run.flow}: {run.state}{took}"]
        if run.state == "failed":
            lines.append(self.api.why(run))
            if self.api.failed_tasks(run) != ["missing"]:
                self._beyond_cure.add(run.run_id)
        self._told[run.run_id] = run.state
        self.say("\n".join(lines))

    def _nothing_left(self) -> bool:
        todo = self._todo()
        return todo.nothing and todo.arrived

    def _todo(self) -> "Pending":
        from pipeline import pending

        return pending(self.books)


def tell_end(books: Books, say: Say, how: str) -> int:
    """Say how it ended, show the last complete month and where to look. Returns 1 when an export was refused."""
    from pipeline import pending

    todo = pending(books)
    say(how)
    _show_last_month(books)
    for place, what in PLACES.items():
        say(f"  {what:<18}{books.place('published')}/{place}")
    for delivery in todo.waiting:
        say(f"waiting: {delivery}")
    for refused in todo.refused:
        say(f"refused: {refused}")
    return 1 if todo.refused else 0


def _show_last_month(books: Books) -> None:
    """The statement of the last month that is over, or of the last there is."""
    periods = sorted(page.stem for page in (books.published / "statements").glob("????-??.html"))
    complete = [period for period in periods if period < f"{datetime.now(UTC):%Y-%m}"]
    if periods:
        from pipeline.statement import print_statement

        print_statement(books.published, (complete or periods)[-1])
