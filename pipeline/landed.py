"""Deliveries that land on an object store: known by its listing alone, and brought here only while they are new.

What is in already is never fetched again. Keys are claims of whoever may write to the bucket: one that is no plain
path of three or four names is refused and never becomes a path here.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from ingestion import Delivery, Finding
from ingestion.landing import fingerprint_of, in_order
from pipeline import store
from pipeline.settings import WORKING, Books

SECOND = 1_000_000_000
MODIFIED = ("LastModified", "last_modified", "updated", "mtime", "created")
TAGS = ("ETag", "etag", "md5Hash", "content_md5")


@dataclass(frozen=True)
class Landed:
    """Where deliveries lie on this machine, and those known without a look at their bytes."""

    folder: Path
    told: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True)
class _Object:
    name: str
    size: int
    mtime_ns: int


def landed(books: Books, settled: Collection[str]) -> Landed:
    """Landing as a load sees it. From an object store what is new is fetched; what is in `settled` is only told."""
    if "landing" not in books.urls:
        return Landed(books.landing)
    folder, told, wanted = _mirror(books), [], {}
    for path, objects in _deliveries(books).items():
        delivery = _described(path, objects)
        if delivery.fingerprint in settled or delivery.state == "refused":
            told.append(delivery)
        else:
            wanted.update({one.name: one for one in objects})
    _remove(folder, {PurePosixPath(*PurePosixPath(name).parts[:3]).as_posix() for name in wanted}, keep=True)
    new = {name: folder / name for name, one in wanted.items() if not _same(folder / name, one)}
    store.get(books, "landing", new, {name: wanted[name].size for name in new})
    for name, copy in new.items():
        os.utime(copy, ns=(wanted[name].mtime_ns, wanted[name].mtime_ns))
    return Landed(folder, told)


def taken(books: Books, paths: Iterable[str]) -> None:
    """Deliveries that are in need no copy here any more."""
    if "landing" in books.urls:
        _remove(_mirror(books), set(paths), keep=False)


def hand_over(books: Books) -> None:
    """Send what was fetched from providers, or written as a sample, to landing on its object store.

    An object of the same size under that name stays. Raises StoreError for one of another size.
    """
    if "landing" not in books.urls:
        return
    for entry in sorted(books.landing.glob("[!.]*/*/*")):
        files = sorted(entry.iterdir()) if entry.is_dir() else [entry]
        store.send(books, "landing", files, once=True)
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def lying(books: Books) -> Callable[[str], bool]:
    """Whether a delivery, by its path in landing, lies there still."""
    if "landing" not in books.urls:
        return lambda path: (books.landing / path).exists()
    return frozenset(_deliveries(books)).__contains__


def _mirror(books: Books) -> Path:
    folder = books.home / WORKING / "landed"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _deliveries(books: Books) -> dict[str, list[_Object]]:
    """The objects of each delivery, by its path: the first three names of a key."""
    found: dict[str, list[_Object]] = {}
    for name, info in sorted(store.listing(books, "landing").items()):
        names = name.split("/")
        strange = _strange(name)
        if strange or not any(one.startswith(".") for one in names):
            path = name if strange else "/".join(names[:3])
            found.setdefault(path, []).append(_Object(name, info["size"], _stamp(info)))
    return found


def _strange(name: str) -> bool:
    """Whether a key could not be a path in landing, or would be another one than it says."""
    names = name.split("/")
    plain = name.isprintable() and "\\" not in name and ":" not in names[0]
    return not plain or any(one in ("", ".", "..") or len(one.encode()) > 200 for one in names)


def _stamp(info: dict[str, Any]) -> int:
    """When an object was written, in ns; the part below a second, which stores do not keep, is made of its ETag."""
    told = next((info[key] for key in MODIFIED if info.get(key)), 0)
    moment = datetime.fromisoformat(told) if isinstance(told, str) else told
    tag = "".join(str(info.get(key, "")) for key in TAGS) or str(told)
    seconds = int(moment.timestamp() if isinstance(moment, datetime) else moment)
    return seconds * SECOND + int(hashlib.sha256(tag.encode()).hexdigest()[:12], 16) % SECOND


def _described(path: str, objects: list[_Object]) -> Delivery:
    """A delivery as landing would describe it from a disk, by names, sizes and times."""
    parts = {one.name.rpartition("/")[2]: one for one in objects}
    ordered = [parts[part.name] for part in in_order([Path(name) for name in sorted(parts)])]
    seen = [(one.name.rpartition("/")[2], one.size, one.mtime_ns) for one in ordered]
    as_of = datetime.fromtimestamp(max(one.mtime_ns for one in objects) // SECOND, UTC).replace(tzinfo=None)
    fault = _fault(path, objects)
    source, account, name = path.split("/") if not fault else ("", "", path)
    delivery = Delivery(source, account, name, path, (), fingerprint_of(path, seen), as_of, "mtime")
    return replace(delivery, state="refused", reason=fault.message, findings=(fault,)) if fault else delivery


def _fault(path: str, objects: list[_Object]) -> Finding | None:
    """Why a delivery can never be read where it lies."""
    if _strange(path) or any(_strange(one.name) for one in objects):
        return Finding("key", "is no plain path", "name it <source>/<account>/<delivery>, without .. or \\", repr(path))
    depths = {one.name.count("/") for one in objects}
    if min(depths) < 2:
        cure = "move it to <source>/<account>/ below landing"
        return Finding("place", "lies outside <source>/<account>/ of landing", cure, path)
    if max(depths) > 3:
        return Finding("place", "has a folder inside a delivery", "deliver one folder of pages", path)
    if len(depths) > 1:
        return Finding("place", "is an object and a folder at once", "remove one of the two", path)
    return None


def _same(path: Path, one: _Object) -> bool:
    return path.is_file() and (path.stat().st_size, path.stat().st_mtime_ns) == (one.size, one.mtime_ns)


def _remove(folder: Path, paths: set[str], keep: bool) -> None:
    """Remove the deliveries named, or with `keep` all others, from the copies on this machine."""
    for entry in folder.glob("*/*/*"):
        if (entry.relative_to(folder).as_posix() in paths) is not keep:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)
