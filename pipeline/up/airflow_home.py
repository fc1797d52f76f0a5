"""Airflow's home inside the books: its configuration with the reason for each setting, its secrets, its port.

`AIRFLOW_HOME=books/.airflow airflow …` works by hand with the file written here. The directory is readable by its
owner alone: it holds the keys and, as Airflow's simple login wants it, the passwords in plain text.
"""

import base64
import configparser
import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from pipeline.settings import Books

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8080
USER = "admin"
APPROVER = "approver"  # the second person of a close: may run flows and answer them, not administer

# What differs from Airflow's defaults, and why.
CHOSEN: dict[str, dict[str, object]] = {
    "core": {
        "executor": "LocalExecutor",
        "parallelism": 4,  # each idle worker is a process, and a flow runs one task at a time
        "load_examples": False,
        "dags_are_paused_at_creation": False,  # otherwise nothing happens until somebody clicks three switches
    },
    "api": {
        "host": "127.0.0.1",  # the default listens on every interface
        "workers": 1,
    },
    "scheduler": {
        "scheduler_idle_sleep_time": 0.2,  # default 1 s, slept several times between an event and its task
        "task_instance_heartbeat_timeout": 60,  # default 300 s; a killed task is tried again in a minute
    },
    "dag_processor": {
        "refresh_interval": 60,  # default 300 s; a flow that was added shows up in a minute
        "bundle_refresh_check_interval": 1,  # default 5 s; at start nothing is read before the first check
    },
    "logging": {"colored_console_log": False},
    "usage_data_collection": {"enabled": False},
}


@dataclass(frozen=True)
class AirflowHome:
    """Where this Airflow lives and how one gets in."""

    path: Path
    port: int
    password: str
    approver_password: str = ""
    user: str = USER

    @property
    def url(self) -> str:
        """The address of the user interface and of the API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        """One log per component, and below it one per task."""
        return self.path / "logs"

    def environment(self, books: Books) -> dict[str, str]:
        """What a component runs with: our configuration, these books, connections that the environment gives, and no
        other AIRFLOW_ setting of another Airflow."""
        given = os.environ.items()
        kept = {k: v for k, v in given if k.startswith("AIRFLOW_CONN_") or not k.startswith("AIRFLOW_")}
        return {**kept, "AIRFLOW_HOME": str(self.path), "TOKENBOOKS_HOME": str(books.home), "PYTHONUNBUFFERED": "1"}


def prepare(books: Books, port: int = DEFAULT_PORT, dags: Path | None = None) -> AirflowHome:
    """Write configuration and secrets below `books/.airflow`; keys and passwords stay those of the first time.

    Takes a free port when `port` is taken: compare it with the result's. `dags` replaces the product's DAGs.
    """
    path = books.home / ".airflow"
    (path / "logs").mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    keys = _secrets(path / "secrets.json")
    home = AirflowHome(path, free_port(port), keys["password"], keys["approver_password"])
    _write_private(path / "passwords.json", json.dumps({USER: home.password, APPROVER: home.approver_password}))
    config = configparser.RawConfigParser()
    config.read_dict(settings(home, keys, dags or PROJECT / "dags"))
    with open(os.open(path / "airflow.cfg", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        config.write(file)
    return home


def settings(home: AirflowHome, keys: dict[str, str], dags: Path) -> dict[str, dict[str, str]]:
    """The content of airflow.cfg: section → option → value. `%` is doubled, as Airflow interpolates."""
    own: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": dags,
            "fernet_key": keys["fernet_key"],
            "simple_auth_manager_users": f"{USER}:admin,{APPROVER}:user",
            "simple_auth_manager_passwords_file": home.path / "passwords.json",
        },
        "database": {"sql_alchemy_conn": f"sqlite:///{home.path / 'airflow.db'}"},
        "api": {
            "port": home.port,
            "base_url": home.url,  # tasks report to it, so it must be the port really taken
            "secret_key": keys["secret_key"],
        },
        "api_auth": {"jwt_secret": keys["jwt_secret"]},  # the same for all components, or no task can report
        # The default is a directory in /tmp that all Airflows of the machine share.
        "dag_processor": {"dag_bundle_storage_path": home.path / "bundles"},
        "logging": {"base_log_folder": home.logs},
    }
    merged = {section: {**CHOSEN.get(section, {}), **own.get(section, {})} for section in {**CHOSEN, **own}}
    return {s: {k: str(v).replace("%", "%%") for k, v in options.items()} for s, options in merged.items()}


def free_port(wanted: int) -> int:
    """`wanted` when nobody listens there on loopback, else a free port."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As the server will bind: a port that is only in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def _secrets(path: Path) -> dict[str, str]:
    """Keys and passwords, each made once: sessions and what Airflow has encrypted survive a restart."""
    keys = {name: secrets.token_urlsafe(64) for name in ("jwt_secret", "secret_key")}
    keys["fernet_key"] = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    keys |= {name: secrets.token_urlsafe(12) for name in ("password", "approver_password")}
    kept = dict(json.loads(path.read_text())) if path.exists() else {}
    if kept.keys() != keys.keys():
        _write_private(path, json.dumps(keys | kept))
    return dict(json.loads(path.read_text()))


def _write_private(path: Path, text: str) -> None:
    """Write `text` to a file that only its owner may read, from its first byte on; whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with open(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")
    partial.replace(path)
