"""A Redis server for tests, on a free port of loopback, in a directory of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from pipeline.up.airflow_home import free_port
from tests.airflow_fixture import until


@contextmanager
def redis_server(home: Path) -> Iterator[redis.Redis]:
    """A client of a server that keeps nothing; it ends with the context."""
    port = free_port(0)
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(home)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server, redis.Redis(port=port) as client:
        try:
            until("redis answers", lambda: answers(client), 20)
            yield client
        finally:
            server.terminate()


def answers(client: redis.Redis) -> bool:
    """Whether the server listens yet."""
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
