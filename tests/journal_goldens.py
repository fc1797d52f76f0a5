"""`python -m tests.journal_goldens`: write what each format makes of EX-12 to tests/journals/, to be read."""

import sys
import tempfile
from pathlib import Path

from pipeline.journal_export import FORMATS, export_journal
from tests.journal_books import golden, published

FOLDER = Path(__file__).parent / "journals"


def made(kind: str, home: Path) -> bytes:
    """The bytes of the golden month in a format."""
    report = export_journal(published(home, golden()), "2026-09", kind, out=home)
    (only,) = report.journals
    (file,) = only.files
    return Path(file).read_bytes()


def path(kind: str) -> Path:
    """Where the golden file of a format lies."""
    return FOLDER / f"{kind}{FORMATS[kind].suffix}"


def main() -> int:
    """Write the golden file of every format."""
    for kind in FORMATS:
        with tempfile.TemporaryDirectory() as scratch:
            content = made(kind, Path(scratch))
        changed = not path(kind).exists() or path(kind).read_bytes() != content
        path(kind).parent.mkdir(exist_ok=True)
        path(kind).write_bytes(content)
        print(f"{path(kind)}: {'written, read it' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
