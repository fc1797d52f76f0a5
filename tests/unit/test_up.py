"""What `up` stands on, without Airflow: its configuration and secrets, its port, and that no process is left behind."""

import configparser
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pipeline.settings import Books
from pipeline.up import _up_to_date, up
from pipeline.up.airflow_home import free_port, prepare
from pipeline.up.components import ComponentDied, Components, wait_until

# A server that, as Airflow's tasks do, leaves its process group, ignores SIGTERM and has a child of its own.
STUBBORN = """
import os, signal, subprocess, sys, time
os.setpgid(0, 0) if os.getpid() != os.getsid(0) else None
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) > 1:
    subprocess.Popen([sys.executable, __file__, *sys.argv[2:]])
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books.create(tmp_path / "books")


@pytest.fixture
def stubborn(tmp_path: Path) -> list[str]:
    script = tmp_path / "stubborn.py"
    script.write_text(STUBBORN)
    return [sys.executable, str(script), "child", "grandchild"]


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def config_of(books: Books) -> configparser.RawConfigParser:
    config = configparser.RawConfigParser()
    assert config.read(books.home / ".airflow" / "airflow.cfg")
    return config


def test_airflow_listens_on_loopback_alone_and_on_the_port_it_reports_to(books: Books) -> None:
    home = prepare(books, free_port(0))
    config = config_of(books)
    assert config["api"]["host"] == "127.0.0.1"
    assert config["api"]["port"] == str(home.port)
    assert config["api"]["base_url"] == home.url == f"http://127.0.0.1:{home.port}"


def test_everything_of_airflow_lies_in_the_books(books: Books) -> None:
    prepare(books, free_port(0))
    config = config_of(books)
    places = [config["database"]["sql_alchemy_conn"], config["logging"]["base_log_folder"]]
    places += [config["dag_processor"]["dag_bundle_storage_path"], config["core"]["simple_auth_manager_passwords_file"]]
    assert all(str(books.home / ".airflow") in place for place in places)


def test_a_percent_sign_in_the_path_of_the_books_survives_the_configuration(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "100%")
    prepare(books, free_port(0))
    assert config_of(books)["logging"]["base_log_folder"].replace("%%", "%") == str(books.home / ".airflow" / "logs")


def test_secrets_are_for_their_owner_alone_and_stay_the_same(books: Books) -> None:
    first = prepare(books, free_port(0))
    second = prepare(books, free_port(0))
    assert first.password == second.password
    assert len(first.password) >= 12
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o700
    files = [path for path in first.path.iterdir() if path.is_file()]
    assert {path.name for path in files} == {"airflow.cfg", "passwords.json", "secrets.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert json.loads((first.path / "passwords.json").read_text()) == {
        "admin": first.password,
        "approver": first.approver_password,
    }


def test_two_books_share_no_secret(tmp_path: Path) -> None:
    one, other = (prepare(Books.create(tmp_path / name), free_port(0)) for name in ("one", "other"))
    keys = [json.loads((home.path / "secrets.json").read_text()) for home in (one, other)]
    assert len(keys[0]) == 5
    assert not set(keys[0].values()) & set(keys[1].values())


def test_a_taken_port_gives_way_to_a_free_one(books: Books) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert prepare(books, port).port not in (port, 0)
    assert prepare(books, port).port == port


def test_settings_of_another_airflow_do_not_leak_in(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production")
    monkeypatch.setenv("AIRFLOW_HOME", "/elsewhere")
    environment = prepare(books, free_port(0)).environment(books)
    assert not [name for name in environment if name.startswith("AIRFLOW__")]
    assert environment["AIRFLOW_HOME"] == str(books.home / ".airflow")
    assert environment["TOKENBOOKS_HOME"] == str(books.home)


def test_stopping_leaves_no_process_not_even_one_that_refuses(
    tmp_path: Path, stubborn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.up.components.GRACE", 0.5)
    with Components(dict(os.environ), tmp_path) as components:
        components.start("one", stubborn)
        components.start("two", stubborn)
        assert wait_until(lambda: len(components.left()) == 6, 20)
        started = components.left()
    assert not [process for process in started if alive(process)]


def test_an_error_inside_stops_the_components_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.up.components.GRACE", 0.5)
    started = []

    def fail() -> None:
        with Components(dict(os.environ), tmp_path) as components:
            started.append(components.start("one", [sys.executable, "-c", "import time; time.sleep(600)"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert started[0].poll() == -signal.SIGTERM


def test_what_a_killed_one_left_is_cleared_by_the_next(tmp_path: Path, stubborn: list[str]) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    killed = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time; from pathlib import Path; from pipeline.up.components import Components;"
            "Components(dict(os.environ), Path(sys.argv[1])).start('one', sys.argv[2:]); time.sleep(600)",
            str(logs),
            *stubborn,
        ],
        cwd=Path(__file__).parents[2],
    )
    assert wait_until(lambda: len(psutil.Process(killed.pid).children(recursive=True)) == 3, 20)
    orphans = psutil.Process(killed.pid).children(recursive=True)
    killed.kill()
    killed.wait()
    assert all(orphan.is_running() for orphan in orphans)
    with Components(dict(os.environ), logs):
        assert wait_until(lambda: not any(alive(orphan) for orphan in orphans), 20)


def test_a_number_given_to_a_stranger_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True) as stranger:
        (tmp_path / "sessions.json").write_text(json.dumps({stranger.pid: 1.0}))
        with Components(dict(os.environ), tmp_path):
            assert stranger.poll() is None
        stranger.kill()


def test_a_component_that_dies_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Components(dict(os.environ), tmp_path) as components:
        process = components.start("scheduler", [sys.executable, "-c", "raise SystemExit('disk full')"])
        process.wait()
        with pytest.raises(ComponentDied, match=r"(?s)scheduler ended with code 1.*disk full"):
            components.check()


def test_a_second_one_on_the_same_books_is_refused(books: Books) -> None:
    holder = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", holder + "; time.sleep(60)", str(books.home / ".up.lock")], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        said: list[str] = []
        assert up(books, say=said.append) == 1
        other.kill()
    assert len(said) == 1
    assert f"running on {books.home} already" in said[0]
    assert not (books.home / ".airflow").exists()


def test_exports_are_not_delivered_to_new_books_before_airflow_can_see_them_land(books: Books) -> None:
    delivered: list[str] = []
    assert not _up_to_date(books, lambda: delivered.append("too early"))
    assert not delivered


def test_waiting_ends() -> None:
    began = time.monotonic()
    assert not wait_until(lambda: False, 0.3, pause=0.05)
    assert 0.3 <= time.monotonic() - began < 5
    assert wait_until(lambda: True, 0)


def test_a_component_begun_in_the_moment_of_stopping_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal may come after a process began and before it was written down."""
    monkeypatch.setattr("pipeline.up.components.GRACE", 0.5)
    with Components(dict(os.environ), tmp_path) as components:
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        begun = psutil.Process(subprocess.Popen(command, start_new_session=True).pid)
        assert components.left() == [begun]
    assert not begun.is_running()
