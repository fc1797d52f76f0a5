"""Rooms on an object store: what lies there, brought here and sent there, each file whole or not at all.

A room's working copy lies below `.rooms/` of the home. fsspec's package for the URL's scheme (s3fs for s3://) does the
rest, with credentials and endpoint from the environment. For rooms in the home every function here returns at once.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.settings import Books, BooksError

AT_ONCE = 64  # files fetched together: many small pages would otherwise wait for each other
USER_INFO = re.compile(r"//[^/@\s]*@")


class StoreError(BooksError):
    """A room's object store cannot be used: which one, why, and the cure. Another try may do."""


@contextmanager
def opened(books: Books, room: str) -> Iterator[tuple[Any, str]]:
    """(file system, root) of a room on an object store, as it is now. Raises StoreError for what goes wrong there."""
    url = books.urls[room]
    try:
        import fsspec

        store, root = fsspec.url_to_fs(url)
        store.invalidate_cache()
        yield store, root.rstrip("/")
    except (BooksError, AssertionError, LookupError, TypeError):
        raise
    except Exception as error:  # every store's client has errors of its own
        said = USER_INFO.sub("//", f"{type(error).__name__}: {error}".splitlines()[0])
        raise StoreError(f"{room} on {url}: {_cure(room, error)} ({said})") from None


def listing(books: Books, room: str) -> dict[str, dict[str, Any]]:
    """Every object of a room by its name below the room's URL, with what the store tells of it; one flat listing."""
    with opened(books, room) as (store, root):
        found = store.find(root, detail=True)
    named = ((path.removeprefix(root).removeprefix("/"), info) for path, info in found.items())
    return {name: info for name, info in named if info["type"] == "file" and name and not name.endswith("/")}


def get(books: Books, room: str, files: dict[str, Path], sizes: dict[str, int]) -> None:
    """Bring objects here, by name; each gets its path when it is whole. Raises StoreError for one that is not."""
    with opened(books, room) as (store, root):
        for first in range(0, len(files), AT_ONCE):
            names = list(files)[first : first + AT_ONCE]
            coming = {name: files[name].with_name(f".{files[name].name}.{os.getpid()}") for name in names}
            for path in coming.values():
                path.parent.mkdir(parents=True, exist_ok=True)
            store.get([f"{root}/{name}" for name in names], [str(path) for path in coming.values()])
            for name, path in coming.items():
                if path.stat().st_size != sizes[name]:
                    path.unlink()
                    raise StoreError(f"{room}: {name} changed while it was fetched; run this again")
                os.replace(path, files[name])


def fetch(books: Books, room: str, files: Iterable[Path]) -> None:
    """Make sure that files of a room are here, as far as its store has them; what is here already stays."""
    missing = [path for path in files if not path.exists()] if room in books.urls else []
    if missing:
        there = listing(books, room)
        named = {path.relative_to(books.room(room)).as_posix(): path for path in missing}
        wanted = {name: path for name, path in named.items() if name in there}
        get(books, room, wanted, {name: there[name]["size"] for name in wanted})


def send(books: Books, room: str, files: Sequence[Path], once: bool = False) -> None:
    """Send files of a room's working copy to its store, one after the other; an object appears when it is whole.

    With `once` an object that is there stays, and must have the size of the file. Raises StoreError.
    """
    if room not in books.urls or not files:
        return
    with opened(books, room) as (store, root):
        for path in files:
            size = path.stat().st_size
            target = f"{root}/{path.relative_to(books.room(room)).as_posix()}"
            if not (once and store.exists(target)):
                store.put_file(str(path), target)
            if (there := store.info(target)["size"]) != size:
                raise StoreError(
                    f"{target}: has {there} bytes there and {size} here; look who wrote it, and remove one of them"
                )


def withdraw(books: Books, room: str, names: Iterable[str]) -> None:
    """Remove objects of a room; those that are gone already are no error."""
    if room not in books.urls:
        return
    with opened(books, room) as (store, root):
        for name in names:
            if store.exists(target := f"{root}/{name}"):
                store.rm_file(target)


def let_go(books: Books, room: str, files: Iterable[Path]) -> None:
    """Remove files from a room's working copy that its store holds and nobody needs here any more."""
    if room in books.urls:
        for path in files:
            path.unlink(missing_ok=True)


def _cure(room: str, error: Exception) -> str:
    """What a person can do about an error of a store's client, told by its kind alone."""
    if isinstance(error, ImportError):
        return "needs a package for this kind of store; for s3:// it is `pip install 'tokenbooks[s3]'`"
    if isinstance(error, FileNotFoundError):
        return f"there is no such bucket or object; make the bucket, or correct TOKENBOOKS_{room.upper()}"
    if "Credential" in type(error).__name__:
        return "no credentials; set them in the environment, for S3 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    if isinstance(error, PermissionError):
        return "these credentials may not do this; check them, and allow them to list, read, write and delete here"
    if isinstance(error, ValueError):
        return f"is no store that can be used; correct TOKENBOOKS_{room.upper()}"
    return "cannot be reached or does not answer rightly; check the network and, if one is set, AWS_ENDPOINT_URL"
