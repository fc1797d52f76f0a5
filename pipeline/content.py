"""Content told by its hash, and files that are written whole or not at all."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import BooksError

# What tools leave behind in a folder of ours is no content of it.
LEFT_BEHIND = {"target", "logs", "dbt_packages", "__pycache__", ".user.yml"}


def digest(value: object) -> str:
    """The sha256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def folder_hash(folder: Path, endings: tuple[str, ...] = ("",), without: tuple[str, ...] = ()) -> str:
    """The sha256 of path and content of every file below `folder` whose name ends so, but those called `without`."""
    if not folder.is_dir():
        raise BooksError(f"{folder}: missing; the installation is incomplete, install tokenbooks again")
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.name.endswith(endings)
        and path.name not in without
        and not LEFT_BEHIND.intersection(path.relative_to(folder).parts)
    )
    return digest([(str(p.relative_to(folder)), hashlib.sha256(p.read_bytes()).hexdigest()) for p in files])


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name in the folder of `path`; on leaving without an error its file takes the place of `path`.

    So a reader holds the old file or the new one, never half of one. What a killed run left under the name goes first.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    for leftover in (temporary, temporary.with_name(temporary.name + ".wal")):
        leftover.unlink(missing_ok=True)
    yield temporary
    os.replace(temporary, path)


def write_whole(path: Path, text: str) -> None:
    """Write a small text file by `replacing`."""
    with replacing(path) as temporary:
        temporary.write_text(text)
