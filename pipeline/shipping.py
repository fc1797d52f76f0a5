"""published/ on an object store: what changed goes up, its manifest.json last; what is out no longer goes away.

The manifest there says what may be relied upon: entries that are about to be replaced are taken out of it first, so
that a kill in between leaves nothing vouched for that is half old.
"""

import json
from typing import Any

from pipeline import store
from pipeline.content import write_whole
from pipeline.settings import WORKING, Books

MANIFEST = "manifest.json"
Entries = dict[str, Any]


def ship(books: Books, out: Entries) -> tuple[list[str], list[str]]:
    """Bring the store in line with `out` (key → made_from and files with sizes) and the working copy of published/.

    Returns files sent and removed, relative to published/. Nothing is sent that is there, made from the same.
    """
    there = store.listing(books, "published")
    vouched = _vouched(books, there)
    kept = {key: vouched[key] for key, entry in out.items() if _stands(vouched.get(key), entry, there)}
    sent = sorted({name for key, entry in out.items() if key not in kept for name in entry["files"]})
    now = {key: kept.get(key, entry) for key, entry in out.items()}
    if any(key in vouched for key in out.keys() - kept.keys()):
        _vouch(books, {key: entry if key in kept else {**entry, "made_from": ""} for key, entry in vouched.items()})
    store.send(books, "published", [books.published / name for name in sent])
    gone = sorted(_files(vouched) & there.keys() - _files(now))
    store.withdraw(books, "published", gone)
    if sent or now != vouched:
        _vouch(books, now)
    return sent, gone


def _stands(before: Entries | None, entry: Entries, there: dict[str, dict[str, Any]]) -> bool:
    return (
        before is not None
        and before["made_from"] == entry["made_from"]
        and all(name in there and there[name]["size"] == size for name, size in before["files"].items())
    )


def _files(entries: Entries) -> set[str]:
    return {name for entry in entries.values() for name in entry["files"]}


def _vouched(books: Books, there: dict[str, dict[str, Any]]) -> Entries:
    """What the store's manifest vouches for; nothing without one, or with one that cannot be read."""
    if MANIFEST not in there:
        return {}
    with store.opened(books, "published") as (files, root):
        content = files.cat_file(f"{root}/{MANIFEST}")
    try:
        return dict(json.loads(content)["out"])
    except (ValueError, KeyError, TypeError):
        return {}


def _vouch(books: Books, entries: Entries) -> None:
    """Replace the store's manifest. The one of the working copy follows when all is done."""
    path = books.home / WORKING / "shipping" / MANIFEST
    write_whole(path, json.dumps({"out": entries}, indent=1, sort_keys=True))
    with store.opened(books, "published") as (files, root):
        files.put_file(str(path), f"{root}/{MANIFEST}")
