"""Where the gates' verdicts are kept: the one that holds under its subject, every earlier one beside them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.content import digest, write_whole
from pipeline.settings import Books

if TYPE_CHECKING:
    from expectations import Verdict


def verdict_path(books: Books, kind: str, subject: str) -> Path:
    """The verdict that holds on a load (its id), or on the journal or statement of a period."""
    return books.evidence / "validation" / kind / f"{subject}.json"


def keep_verdict(books: Books, verdict: "Verdict", *, completes: bool = False) -> None:
    """Make this the verdict that holds. One that says something else is kept as an earlier one, unless this one only
    completes it; the same again is not written, so the time of a verdict is when it was first given."""
    path = verdict_path(books, verdict.kind, verdict.subject)
    if path.exists():
        if _said(path.read_text("utf-8")) == _said(verdict.to_json()):
            return
        if not completes:
            _set_aside(path)
    write_whole(path, verdict.to_json())


def withdraw_verdicts(books: Books, period: str, kinds: Iterable[str] = ("journal", "statement")) -> None:
    """No verdict holds on the books of a period that has no cost any more; what was said stays on record."""
    for kind in kinds:
        path = verdict_path(books, kind, period)
        if path.exists():
            _set_aside(path)
            path.unlink()


def _set_aside(path: Path) -> None:
    text = path.read_text("utf-8")
    name = f"{path.parent.name}-{path.stem}-{_said(text)[:8]}.json"
    write_whole(path.parent.parent / "earlier" / name, text)


def _said(text: str) -> str:
    """What a verdict says, apart from when, as a hash."""
    return digest({name: value for name, value in json.loads(text).items() if name != "judged_at"})
