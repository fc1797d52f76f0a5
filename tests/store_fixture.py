"""A real S3 server on loopback, a process of its own, with an empty bucket; and books whose rooms lie there."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

SECRET = "sk-S3-SECRET-0123456789"
BUCKET = "acme-books"
ROOMS = ("landing", "archive", "lake", "published")


@contextmanager
def object_store() -> Iterator[str]:
    """The server's address, for as long as it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert process.poll() is None, "the server did not start"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def use(patch: pytest.MonkeyPatch, address: str, prefix: str, rooms: tuple[str, ...] = ROOMS) -> Any:
    """Put rooms under a prefix of the bucket by the environment, as an operator would. Returns the store's files."""
    import s3fs

    named = {"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": SECRET}
    for name, value in {**named, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}.items():
        patch.setenv(name, value)
    for room in rooms:
        patch.setenv(f"TOKENBOOKS_{room.upper()}", f"s3://{BUCKET}/{prefix}/{room}")
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem(use_listings_cache=False)
    files.makedirs(BUCKET, exist_ok=True)
    return files
