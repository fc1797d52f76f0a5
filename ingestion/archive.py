"""Keep the bytes exactly as received: write-once, named by their sha256, before anything else reads them."""

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.landing import Delivery

BLOCK = 8 << 20  # after each block another thread has its turn, such as the one that imports Great Expectations
EXTENSION = re.compile(r"\.(json|csv|parquet|txt)(\.gz)?$|\.gz$", re.IGNORECASE)


class Unsettled(Exception):
    """A file changed, or went away, while it was being read: its delivery has to wait for the next look."""


@dataclass(frozen=True)
class Part:
    """One archived file: its name as delivered, its content's sha256, its bytes, and where the copy lies."""

    name: str
    sha256: str
    bytes: int
    path: Path


def content_hash(digests: Sequence[str]) -> str:
    """The identity of a delivery: the hash of its one part, or of its parts' hashes in order."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def load_id_of(source: str, account: str, sha256: str) -> str:
    """The id of the load of some content: the same content again is the same load."""
    return hashlib.sha256(f"{source}|{account}|{sha256}".encode()).hexdigest()[:16]


def hash_file(path: Path) -> str:
    """The sha256 of a delivered file, read without copying it."""
    with _open_settled(path) as file:
        return _hash(file)


def _hash(file: BufferedReader) -> str:
    """hashlib.file_digest would wait for its turn twice in each quarter of a megabyte: two seconds of a large bill."""
    digest, block = hashlib.sha256(), memoryview(bytearray(BLOCK))
    while size := file.readinto(block):
        digest.update(block[:size])
    return digest.hexdigest()


def archive_file(path: Path, folder: Path) -> Part:
    """Copy one delivered file to `folder`/<sha256>.<ext>, hashing while copying; a copy that is there stays.

    The copy is complete on disk before it gets its name. Raises Unsettled when the file changes meanwhile.
    """
    folder.mkdir(parents=True, exist_ok=True)
    incoming = folder / f".incoming-{os.getpid()}"
    try:
        with _open_settled(path) as file, incoming.open("wb") as copy, ThreadPoolExecutor(1) as beside:
            before = os.fstat(file.fileno())
            copied = beside.submit(_copy, file.fileno(), copy.fileno(), before.st_size)
            sha256 = _hash(file)
            copied.result()
            after = os.fstat(file.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise Unsettled(f"{path.name}: changed while it was being copied")
        kept = _keep(incoming, folder, sha256, path.name)
    finally:
        incoming.unlink(missing_ok=True)
    return Part(path.name, sha256, before.st_size, kept)


def store(delivery: "Delivery", archive: Path) -> tuple[Part, ...]:
    """Archive every file of a delivery under `archive`/<source>/<account>. Raises Unsettled when one changes."""
    folder = archive / (delivery.source or "-") / (delivery.account or "-")
    return tuple(archive_file(part, folder) for part in delivery.parts)


def _copy(source: int, target: int, size: int) -> None:
    """Copy `size` bytes between open files, onto the disk. The source's position stays: another thread hashes from it.

    Raises Unsettled when the file has become shorter.
    """
    done = 0
    while done < size:
        block = os.pread(source, min(BLOCK, size - done), done)
        if not block:
            raise Unsettled("became shorter while it was being copied")
        os.pwrite(target, block, done)
        done += len(block)
    os.fsync(target)


def remove_leftovers(archive: Path) -> None:
    """Remove half-copied files that a killed run left behind."""
    for leftover in archive.glob("*/*/.incoming-*"):
        leftover.unlink()


def link_or_copy(archived: Path, target: Path) -> None:
    """Show an archived file under another name: a hard link, or a copy where the file system has none."""
    try:
        os.link(archived, target)
    except OSError:
        shutil.copyfile(archived, target)


def _keep(incoming: Path, folder: Path, sha256: str, name: str) -> Path:
    known = next(iter(sorted(folder.glob(f"{sha256}.*"))), None)
    if known is not None:
        return known
    extension = EXTENSION.search(name)
    kept = folder / f"{sha256}{extension.group().lower() if extension else '.bin'}"
    incoming.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    os.replace(incoming, kept)
    sync_folder(folder)
    return kept


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_settled(path: Path) -> BufferedReader:
    """Open a regular file for reading; neither a link put there meanwhile is followed, nor a pipe waited for."""
    try:
        descriptor = os.open(path.resolve(), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Unsettled(f"{path.name}: went away while it was being read") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unsettled(f"{path.name}: is no regular file any more")
    return os.fdopen(descriptor, "rb")
