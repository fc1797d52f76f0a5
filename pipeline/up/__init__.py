"""Airflow with the product's DAGs on this machine, for as long as one looks at it.

`up` starts it on loopback inside the books, shows what the flows do, and leaves no process behind. It decides
nothing about the books: files in landing wake the flows, and the flows call the steps.
"""

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from pipeline.settings import Books, BooksError
from pipeline.up.airflow_home import APPROVER, DEFAULT_PORT, USER, prepare
from pipeline.up.api import AirflowApi
from pipeline.up.components import AIRFLOW, ComponentDied, Components, wait_until
from pipeline.up.stopping import Stopped, stoppable
from pipeline.up.watch import Watch, tell_end

START_LIMIT = 180.0
PUBLISH_LIMIT = 600.0
PARSE = "from pipeline import Books; from pipeline.dbt import dbt_parse; dbt_parse(Books.open())"
FLOWS = 3  # at least; what data wakes

Say = Callable[[str], None]


def up(
    books: Books,
    exit_when_published: bool = False,
    deliver: Callable[[], object] | None = None,
    say: Say | None = None,
) -> int:
    """Run Airflow on these books until Ctrl-C or SIGTERM; returns the exit code.

    `deliver` is called once Airflow listens, to put exports into landing as providers would. With
    `exit_when_published` the end comes by itself: 0 once all that was delivered is published, 1 with the reason when
    an export was refused, a flow failed for good, a component died or ten minutes have passed.
    `say` gets each line for the person in front of it.
    """
    say = say or _print
    try:
        with stoppable(), _alone(books):
            if exit_when_published and _up_to_date(books, deliver):
                return tell_end(books, say, "nothing changed: all that was delivered is published")
            with airflow(books, say) as watch:
                watch.begin()
                if deliver:
                    deliver()
                return watch.until_published(PUBLISH_LIMIT) if exit_when_published else watch.forever()
    except Stopped:
        say("stopped; no process is left")
        return 1 if exit_when_published else 0
    except (ComponentDied, BooksError) as error:
        say(str(error))
        return 1


@contextmanager
def airflow(books: Books, say: Say, dags: Path | None = None) -> Iterator[Watch]:
    """A healthy Airflow on these books, with eyes to watch it; stopped with all its processes at the end.

    `dags` replaces the product's DAGs (benchmarks). Raises ComponentDied when it does not come up.
    """
    started = time.monotonic()
    home = prepare(books, DEFAULT_PORT, dags)
    if home.port != DEFAULT_PORT:
        say(f"port {DEFAULT_PORT} is taken; Airflow listens on {home.port} instead")
    with Components(home.environment(books), home.logs) as components:
        say(f"starting Airflow in {home.path} (logs: {home.logs})")
        components.run({"migrate": [*AIRFLOW, "db", "migrate"], "project": [sys.executable, "-c", PARSE]})
        components.start_all()
        api = AirflowApi(home)
        _wait_healthy(components, api)
        say(f"Airflow runs after {time.monotonic() - started:.0f} s: {home.url}, user {USER}, password {home.password}")
        say(f"a second person approves the close of a month as user {APPROVER}, password {home.approver_password}")
        yield Watch(books, api, components, say)


def _wait_healthy(components: Components, api: AirflowApi) -> None:
    """Wait for every component's heartbeat and for the flows. Raises ComponentDied, with what is known, otherwise."""

    def ready() -> bool:
        components.check()
        try:
            return api.healthy() and (bool(api.broken_flows()) or len(api.flows()) >= FLOWS)
        except httpx.HTTPError:  # it has only just begun to answer
            return False

    if not wait_until(ready, START_LIMIT, pause=0.5):
        raise ComponentDied(f"Airflow was not healthy after {START_LIMIT:.0f} s; its logs are in {components.logs}")
    if broken := api.broken_flows():
        raise ComponentDied("Airflow cannot read the flows:\n" + "\n".join(broken))
    api.warm()


def _up_to_date(books: Books, deliver: Callable[[], object] | None) -> bool:
    """Whether all that arrived is published and a delivery adds nothing: then Airflow need not even start."""
    from pipeline import pending

    todo = pending(books)
    if not (todo.arrived and todo.nothing):
        return False
    if deliver:
        deliver()
    return pending(books).nothing


@contextmanager
def _alone(books: Books) -> Iterator[None]:
    """One Airflow per books: two schedulers on one SQLite file would fight. The lock goes when its holder dies."""
    descriptor = os.open(books.home / ".up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BooksError(f"Airflow is running on {books.home} already; stop it with Ctrl-C where it runs") from None
    finally:
        os.close(descriptor)


def _print(line: str) -> None:
    print(line, flush=True)
