"""How a command speaks: results on stdout as tables or JSON, progress and errors on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape

# A pipe has no width of its own; 80 columns would cut tables that a file or a pager has room for.
out = Console(width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True, soft_wrap=True)


def print_json(result: Any, **more: Any) -> None:
    """The result on stdout as one JSON document; dates as ISO, amounts as text."""
    document = asdict(result) if is_dataclass(result) and not isinstance(result, type) else result
    print(json.dumps({**document, **more} if more else document, indent=1, default=str))


def tell(errors: list[str], as_json: bool = False) -> None:
    """Errors on stderr, one a line; with --json on stdout too, so that a script finds them where it looks."""
    for line in errors:
        err.print(f"[red]error:[/red] {escape(line)}", highlight=False)
    if as_json:
        print_json({"errors": errors})


def explained(error: Exception) -> list[str] | None:
    """An error that a person can cure, as lines to show; None for one that only a programmer can."""
    from ingestion import SourceError
    from pipeline.settings import BooksError

    findings = getattr(error, "findings", None)
    if findings:
        return [str(finding) for finding in findings]
    if isinstance(error, BooksError | SourceError):
        return str(error).splitlines()
    if isinstance(error, OSError) and error.filename:
        return [f"{error.filename}: {error.strerror}"]
    return None


@contextmanager
def progress() -> Iterator[Callable[[str], None] | None]:
    """Where a step says what it is doing: a line that moves when somebody watches, else nothing."""
    if not err.is_terminal:
        yield None
        return
    with err.status("") as line:
        yield lambda message: line.update(escape(message))
