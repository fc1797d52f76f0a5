"""What happened to months of entities: files under `ledger/periods/`, each written once.

Each names the hash of its entity's event before, so that one that is changed, lost or slipped in shows.
"""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.content import write_whole
from pipeline.settings import Books, BooksError

What = Literal["soft_closed", "withdrawn", "closed", "reopened", "locked"]


class Event(BaseModel):
    """What somebody did to a month of an entity. `previous` is the sha256 of the entity's event before it.

    `hashes` say what was seen: figures by name, inputs, gate. `batch` is the folder posted, relative to ledger/;
    `company` the snapshot under ledger/company/ that holds for the month.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: What
    entity: str
    period: str
    previous: str = ""
    at: datetime
    together: tuple[str, ...] = ()
    prepared_by: str = ""
    requested_by: str = ""
    approved_by: str = ""
    reason: str = ""
    expires_on: date | None = None
    batch: str = ""
    lines: int = 0
    company: str = ""
    loads: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    gate: str = ""
    hashes: dict[str, str] = {}


def read_events(books: Books) -> dict[str, list[tuple[str, Event]]]:
    """Every event with the hash of its file, by entity, in the order they happened.

    Raises BooksError naming what does not fit.
    """
    texts = _texts(books)
    chains: dict[str, dict[str, tuple[str, Event]]] = {}
    for name, text in sorted(texts.items()):
        event = _parsed(books, name, text)
        chains.setdefault(event.entity, {})[event.previous] = (_hash(text), event)
    found: dict[str, list[tuple[str, Event]]] = {}
    for entity, chain in sorted(chains.items()):
        head = ""
        while head in chain:
            head, event = chain[head]
            found.setdefault(entity, []).append((head, event))
    if sum(len(events) for events in found.values()) != len(texts):
        raise BooksError(
            f"{books.ledger / 'periods'}: the events do not follow each other, one was changed, removed or added by "
            "hand; put the folder back from your backup"
        )
    return found


def commit(books: Books, events: Iterable[Event]) -> list[Event]:
    """Let these things have happened: all of them or, if we are killed, none. Call under the books' lock.

    Each event is chained to its entity's latest. They become one file first, `commit.json`: from the moment it is
    there they count, and this or the next commit takes it apart.
    """
    _take_apart(books)
    before = read_events(books)
    texts: dict[str, str] = {}
    chained = []
    for event in events:
        chain = before.setdefault(event.entity, [])
        event = event.model_copy(update={"previous": chain[-1][0] if chain else ""})
        number = sum(one.period == event.period for _, one in chain) + 1
        text = event.model_dump_json(indent=1) + "\n"
        chain.append((_hash(text), event))
        texts[f"{folder_name(event.entity)}/{event.period}/{number:04d}-{event.event}.json"] = text
        chained.append(event)
    write_whole(_pending(books), json.dumps(texts, indent=1))
    _take_apart(books)
    return chained


def happened(what: What, entity: str, period: str, **about: object) -> Event:
    """An event of now, not yet chained."""
    return Event.model_validate({"event": what, "entity": entity, "period": period, "at": now(), **about})


def now() -> datetime:
    """The clock, in whole seconds of UTC: for the record, never for a figure."""
    return datetime.now(UTC).replace(microsecond=0)


def folder_name(entity: str) -> str:
    """An entity's id as the name of a folder, whatever it is made of."""
    return quote(entity, safe=" ").replace(".", "%2E")


def _texts(books: Books) -> dict[str, str]:
    """Every event by its file's name under ledger/periods/; what was committed but not yet taken apart, too."""
    folder = books.ledger / "periods"
    found = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.glob("*/*/[!.]*.json")}
    pending = _pending(books)
    return {**(json.loads(pending.read_text("utf-8")) if pending.exists() else {}), **found}


def _take_apart(books: Books) -> None:
    pending = _pending(books)
    if not pending.exists():
        return
    for name, text in json.loads(pending.read_text("utf-8")).items():
        write_whole(books.ledger / "periods" / name, text)
    pending.unlink()


def _pending(books: Books) -> Path:
    return books.ledger / "periods" / "commit.json"


def _parsed(books: Books, name: str, text: str) -> Event:
    try:
        event = Event.model_validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]["msg"]
        raise BooksError(f"{books.ledger / 'periods' / name}: {fault}; put the file back from your backup") from None
    if not name.startswith(f"{folder_name(event.entity)}/{event.period}/"):
        raise BooksError(
            f"{books.ledger / 'periods' / name}: tells of {event.entity} {event.period}; put it back there"
        )
    return event


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
