"""What lies in landing: deliveries, each a file or a folder of pages, and whether one can be loaded yet.

Names in landing are claims, not facts: links out of it are refused, and nothing here changes a file.
"""

import hashlib
import re
import stat
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingestion.findings import ExportRefused, Finding
from ingestion.pages import PAGE_LIMIT, more_follow, read_page
from ingestion.registry import Source

QUIET = 2.0  # seconds without change after which a file is taken to be written to its end
SETTLING = "it changed a moment ago"
BEING_WRITTEN = (".part", ".tmp", ".partial", ".crdownload", ".filepart")
TIMESTAMP = re.compile(
    r"(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d))?Z?)?(?!\d)"
)
PAGE = re.compile(r"(?:^|page[-_ ]?)(\d{1,6})$", re.IGNORECASE)


@dataclass(frozen=True)
class Delivery:
    """One export as it lies in landing. `fingerprint` changes when any of its files does; `as_of` is naive UTC.

    `waiting` deliveries may still become ready; `refused` ones cannot be read at all, `findings` say why.
    """

    source: str
    account: str
    name: str
    path: str
    parts: tuple[Path, ...]
    fingerprint: str
    as_of: datetime
    as_of_basis: Literal["name", "content", "mtime"]
    state: Literal["ready", "waiting", "refused"] = "ready"
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def find_deliveries(
    landing: Path, sources: Mapping[str, Source], known: Collection[str] = (), quiet: float = QUIET
) -> list[Delivery]:
    """Every delivery, sorted by path. Those whose fingerprint is in `known` are listed unread, as ready.

    `quiet` is for how many seconds a delivery's files must have stood still.
    """
    found = []
    for source, account, entry in _entries(landing):
        try:
            delivery = _delivery(landing, source, account, entry, sources.get(source))
            if delivery.fingerprint not in known and delivery.state == "ready":
                delivery = _examined(delivery, sources.get(source), quiet)
        except FileNotFoundError:  # went away while we looked
            continue
        found.append(delivery)
    return found


def _entries(landing: Path) -> Iterator[tuple[str, str, Path]]:
    """(source, account, entry): three levels; what lies higher up is an entry without them."""
    for top in _visible(landing):
        if not _folder(top):
            yield "", "", top
            continue
        for middle in _visible(top):
            if not _folder(middle):
                yield top.name, "", middle
                continue
            for entry in _visible(middle):
                yield top.name, middle.name, entry


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _delivery(landing: Path, source: str, account: str, entry: Path, known: Source | None) -> Delivery:
    parts = tuple(in_order(_visible(entry))) if _folder(entry) else (entry,)
    stats = [part.lstat() for part in parts]
    seen = [(part.name, stated.st_size, stated.st_mtime_ns) for part, stated in zip(parts, stats, strict=True)]
    path = entry.relative_to(landing).as_posix()
    fingerprint = fingerprint_of(path, seen)
    newest = max((stated.st_mtime for stated in stats), default=entry.lstat().st_mtime)
    period = known.name.pattern if known and known.name else None
    named = stated_in(re.sub(period, " ", entry.name) if period else entry.name)
    as_of = named or datetime.fromtimestamp(int(newest), UTC).replace(tzinfo=None)
    basis: Literal["name", "mtime"] = "name" if named else "mtime"
    delivery = Delivery(source, account, entry.name, path, parts, fingerprint, as_of, basis)
    fault = _fault(landing, delivery)
    return replace(delivery, state="refused", reason=fault.message, findings=(fault,)) if fault else delivery


def fingerprint_of(path: str, seen: Sequence[tuple[str, int, int]]) -> str:
    """What tells a delivery's state from any other: its path, and name, bytes and time (ns) of its parts in order."""
    return hashlib.sha256(repr((path, list(seen))).encode()).hexdigest()


def in_order(parts: list[Path]) -> list[Path]:
    """The parts by the page numbers in their names, if all have one; else as they are."""
    numbers = _numbers(parts)
    return [part for _, part in sorted(zip(numbers, parts, strict=True))] if numbers else parts


def stated_in(name: str) -> datetime | None:
    """The moment that a delivery's name states: of its timestamps the last with a time of day, else the last."""
    found = list(TIMESTAMP.finditer(name))
    chosen = next((match for match in reversed(found) if match[4]), found[-1] if found else None)
    try:
        return datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*chosen.groups("00"))) if chosen else None
    except ValueError:  # a thirty-first of February
        return None


def _fault(landing: Path, delivery: Delivery) -> Finding | None:
    """Why a delivery can never be read where it lies."""
    if not delivery.account:
        cure = "move it to landing/<source>/<account>/"
        return Finding("place", "lies outside landing/<source>/<account>/", cure, delivery.path)
    for part in delivery.parts:
        if part.is_symlink() and not part.resolve().is_relative_to(landing.resolve()):
            return Finding("symlink", "is a link that leads out of landing", "deliver the file itself", part.name)
        mode = part.stat().st_mode if part.exists() else 0
        if stat.S_ISDIR(mode):
            return Finding("place", "is a folder inside a delivery", "deliver one folder of pages", part.name)
        if not stat.S_ISREG(mode):
            return Finding("place", "is not a regular file", "deliver the file itself", part.name)
    return None


def _examined(delivery: Delivery, source: Source | None, quiet: float) -> Delivery:
    unfinished = [part.name for part in delivery.parts if part.name.endswith(BEING_WRITTEN)]
    if not delivery.parts:
        return replace(delivery, state="waiting", reason="the folder is empty as yet")
    if unfinished:
        return replace(delivery, state="waiting", reason=f"{unfinished[0]} is still being written, by its name")
    if quiet and time.time() - max(part.stat().st_mtime for part in delivery.parts) < quiet:
        return replace(delivery, state="waiting", reason=SETTLING)
    if source is None or source.format != "json_pages":
        return delivery
    missing = _missing_pages(delivery.parts)
    reason = (missing if delivery.parts[0].name != delivery.name else "") or _more(delivery, source)
    return replace(delivery, state="waiting", reason=reason) if reason else delivery


def _missing_pages(parts: tuple[Path, ...]) -> str:
    """Which page is not there, going by the numbers in the names of a folder's pages."""
    numbers = _numbers(parts)
    if not numbers:
        return ""
    missing = sorted(set(range(min(1, *numbers), max(numbers))) - set(numbers)) if len(numbers) > 1 else [1]
    return f"page {missing[0]} is missing" if missing and numbers not in ([0], [1]) else ""


def _numbers(parts: Iterable[Path]) -> list[int]:
    """The page number of every part, or nothing unless all have one."""
    matches = [PAGE.search(part.name.split(".")[0]) for part in parts]
    return [int(match[1]) for match in matches if match] if all(matches) else []


def _more(delivery: Delivery, source: Source) -> str:
    """Whether the last page says that another follows. A page that cannot be read is left to the load to refuse."""
    last = delivery.parts[-1]
    if not 0 < last.stat().st_size <= PAGE_LIMIT:
        return ""
    try:
        more = more_follow(read_page(last, last.name, source), source)
    except ExportRefused:
        return ""
    return f"{last.name} says that more pages follow; deliver them into the same folder" if more else ""
