"""landing → archive → gate → lake: every delivery that is complete and new, each by itself.

One that is refused, or fails, holds up no other. When nothing is new, nothing is hashed and nothing written.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingestion import (
    Delivery,
    Source,
    Unsettled,
    archive,
    content_hash,
    find_deliveries,
    hash_file,
    load_id_of,
    sources,
)
from ingestion.landing import QUIET
from pipeline import landed, manifest, store
from pipeline.lock import locked
from pipeline.manifest import Load
from pipeline.settings import Books
from pipeline.take import Taking, archived, definition_of, delivery_entry, take
from pipeline.units import rejudge_units

Progress = Callable[[str], None]
State = Literal["loaded", "already in", "refused", "waiting", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery. `findings` say why it was refused, waits or failed, each with the cure."""

    path: str
    state: State
    load_id: str = ""
    source: str = ""
    account: str = ""
    rows: int = 0
    totals: dict[str, str] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LoadReport:
    """Every delivery in landing and what became of it. `new`: loaded just now; `errors`: what a person must look at,
    exports that were refused before and still lie in landing among them."""

    deliveries: list[Outcome] = field(default_factory=list)
    new: list[Outcome] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Landing:
    """What lies in landing, unchanged by looking: paths that are ready or waiting, reasons of what was refused."""

    ready: list[str]
    waiting: list[str]
    refused: list[str]
    arrived: bool


def load_new(
    books: Books, progress: Progress | None = None, known: Mapping[str, Source] | None = None, quiet: float = QUIET
) -> LoadReport:
    """Load every delivery in landing that is complete and not in yet. Idempotent on content; safe to kill.

    `known` are the sources, the product's own unless given; `quiet` the seconds a delivery must have stood still.
    """
    known = sources() if known is None else known
    with locked(books, progress):
        _remove_leftovers(books)
        loads = {load.load_id: load for load in manifest.read(books)}
        settled = _settled(loads, known)
        outcomes = []
        landed.hand_over(books)
        for delivery in _deliveries(books, known, settled, quiet):
            if delivery.fingerprint in settled:
                outcomes.append(_told(delivery, settled[delivery.fingerprint], new=False))
            else:
                outcomes.append(_outcome(books, delivery, known.get(delivery.source), loads, progress))
        outcomes = _rejudged(outcomes, rejudge_units(books, known, loads))
        shutil.rmtree(books.lake / ".staging", ignore_errors=True)
        landed.taken(books, (one.path for one in outcomes if one.state not in ("waiting", "failed")))
    return _report(outcomes)


def _deliveries(books: Books, known: Mapping[str, Source], settled: Mapping[str, Load], quiet: float) -> list[Delivery]:
    """Every delivery, wherever landing is, sorted by path."""
    here = landed.landed(books, settled)
    found = find_deliveries(here.folder, known, settled, quiet)
    return sorted([*found, *here.told], key=lambda one: one.path) if here.told else found


def landing_now(books: Books, quiet: float = QUIET) -> Landing:
    """What a load would find, without writing or waiting for anything."""
    known = sources()
    loads = {load.load_id: load for load in manifest.read(books)}
    settled = _settled(loads, known)
    ready, waiting, refused = [], [], []
    deliveries = _deliveries(books, known, settled, quiet)
    for delivery in deliveries:
        load = settled.get(delivery.fingerprint)
        if load is not None and load.verdict == "refused":
            refused += [f"{delivery.path}: {line}" for line in _lines(load)]
        elif load is None and delivery.state == "waiting":
            waiting.append(f"{delivery.path}: {delivery.reason}")
        elif load is None and _is_new(delivery, known.get(delivery.source), loads):
            ready.append(delivery.path)
    return Landing(ready, waiting, refused, bool(deliveries or loads))


def _is_new(delivery: Delivery, source: Source | None, loads: Mapping[str, Load]) -> bool:
    try:
        load = _known_content(delivery, source, loads)
    except Unsettled:
        return True
    return load is None or _restates(delivery, load)


def _settled(loads: Mapping[str, Load], known: Mapping[str, Source]) -> dict[str, Load]:
    """Fingerprints of deliveries that need no look: accepted, or refused under the definition that still holds."""
    return {
        entry.fingerprint: load
        for load in loads.values()
        if load.verdict == "accepted" or load.definition == definition_of(known.get(load.source))
        for entry in load.deliveries
    }


def _outcome(
    books: Books, delivery: Delivery, source: Source | None, loads: dict[str, Load], progress: Progress | None
) -> Outcome:
    """Take one delivery, whatever happens to it."""
    if delivery.state == "waiting":
        return _plain(delivery, "waiting", delivery.reason)
    try:
        load = _known_content(delivery, source, loads)
        if load is not None:
            if _restates(delivery, load):
                load = loads[load.load_id] = _noted(books, delivery, load)
            return _told(delivery, load, new=False)
        parts = archived(books, delivery) if delivery.state == "ready" else ()
        load = take(Taking(books, delivery, source if delivery.state == "ready" else None, parts), progress)
        loads[load.load_id] = load
        store.let_go(books, "archive", [part.path for part in parts])
        return _told(delivery, load, new=True)
    except Unsettled as waits:
        return _plain(delivery, "waiting", str(waits))
    except store.StoreError:  # every other delivery's trouble too
        raise
    except Exception as error:  # one delivery's trouble is reported and stops nobody else
        return _plain(delivery, "failed", f"{type(error).__name__}: {error}")


def _known_content(delivery: Delivery, source: Source | None, loads: Mapping[str, Load]) -> Load | None:
    """The load that this very content gave before; hashed only where as many bytes came from there before."""
    if delivery.state != "ready" or not _same_bytes(delivery, loads):
        return None
    sha256 = content_hash([hash_file(part) for part in delivery.parts])
    load = loads.get(load_id_of(delivery.source, delivery.account, sha256))
    if load is None or (load.verdict == "refused" and load.definition != definition_of(source)):
        return None
    return load


def _restates(delivery: Delivery, load: Load) -> bool:
    """Whether content that is in is stated again under a later date, told by its name: then it is newest again."""
    return load.verdict == "accepted" and delivery.as_of_basis != "mtime" and delivery.as_of > load.as_of


def _noted(books: Books, delivery: Delivery, load: Load) -> Load:
    deliveries = tuple(sorted((*load.deliveries, delivery_entry(delivery)), key=lambda entry: entry.as_of))
    noted = load.model_copy(update={"deliveries": deliveries, "as_of": manifest.stated_as_of(deliveries)})
    manifest.write(books, noted)
    return noted


def _same_bytes(delivery: Delivery, loads: Mapping[str, Load]) -> bool:
    told = (delivery.source, delivery.account, sum(part.stat().st_size for part in delivery.parts))
    return any((load.source, load.account, load.bytes) == told for load in loads.values())


def _rejudged(outcomes: list[Outcome], changed: list[Load]) -> list[Outcome]:
    """The outcomes after units were judged: what another delivery has put in doubt, or has cleared, says so."""
    named = {load.load_id: load for load in changed}
    told = {one.load_id for one in outcomes}
    gone = [
        Outcome(load.deliveries[0].path, "already in", load.load_id) for load in changed if load.load_id not in told
    ]
    return [_retold(one, named[one.load_id]) if one.load_id in named else one for one in [*outcomes, *gone]]


def _retold(outcome: Outcome, load: Load) -> Outcome:
    state: State = "refused" if load.verdict == "refused" else "loaded"
    about = (outcome.path, state, load.load_id, load.source, load.account, load.rows, load.totals, _lines(load))
    return Outcome(*about)


def _told(delivery: Delivery, load: Load, new: bool) -> Outcome:
    accepted: State = "loaded" if new else "already in"
    state: State = accepted if load.verdict == "accepted" else "refused"
    findings = _lines(load)
    about = (delivery.path, state, load.load_id, load.source, load.account, load.rows, load.totals, findings)
    return Outcome(*about)


def _plain(delivery: Delivery, state: State, reason: str) -> Outcome:
    return Outcome(delivery.path, state, "", delivery.source, delivery.account, findings=[reason])


def _lines(load: Load) -> list[str]:
    from ingestion import Finding

    found = load.findings if load.verdict == "refused" else load.warnings
    return [str(Finding(**finding)) for finding in found]


def _report(outcomes: list[Outcome]) -> LoadReport:
    def lines(*states: State) -> list[str]:
        return [f"{one.path}: {line}" for one in outcomes if one.state in states for line in one.findings]

    return LoadReport(
        deliveries=outcomes,
        new=[one for one in outcomes if one.state == "loaded"],
        refused=[one.path for one in outcomes if one.state == "refused"],
        waiting=lines("waiting"),
        errors=lines("refused", "failed"),
    )


def _remove_leftovers(books: Books) -> None:
    """What a killed run left half made; nothing refers to it."""
    shutil.rmtree(books.lake / ".staging", ignore_errors=True)
    archive.remove_leftovers(books.archive)
    if "archive" in books.urls:  # copies on their way to the store; what did not arrive is made again from landing
        shutil.rmtree(books.archive, ignore_errors=True)
