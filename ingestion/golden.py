"""`python -m ingestion.golden [SOURCE ...]`: write what each source's sample gives to its expected.csv, to be read.

Columns without any value are left out, and so is what the place and not the sample decides.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingestion.archive import Part, archive_file
from ingestion.casting import literal, quoted
from ingestion.loading import load_export
from ingestion.registry import Source, SourceError, sources

ACCOUNT = "sample"
LEFT_OUT = {"x_Source", "x_Account", "x_LoadId"}


def sample(source: Source) -> list[Path]:
    """The files of a source's sample, in order: `sample.<ext>`, or the pages in the folder `sample`."""
    found = sorted(source.folder.glob("sample.*")) or sorted(source.folder.glob("sample/*"))
    if not found:
        raise SourceError(f"{source.folder}: has no sample.* and no folder sample/")
    return found


def expected(source: Source, files: Sequence[Path]) -> str:
    """The rows that an export gives, as CSV."""
    with tempfile.TemporaryDirectory() as scratch:
        parts: list[Part] = [archive_file(file, Path(scratch, "archive")) for file in files]
        loaded = load_export(parts, source, ACCOUNT, Path(scratch, "staging"))
        listed = ", ".join(literal(str(file.path)) for file in loaded.files)
        with duckdb.connect() as con:
            con.execute(f"CREATE VIEW loaded AS SELECT * FROM read_parquet([{listed}])")
            names = [name for name, *_ in con.execute("DESCRIBE loaded").fetchall() if name not in LEFT_OUT]
            counts = con.execute(f"SELECT {', '.join(f'count({quoted(name)})' for name in names)} FROM loaded")
            filled = [name for name, count in zip(names, counts.fetchall()[0], strict=True) if count]
            shown = ", ".join(map(quoted, ["x_SourceRow", *(name for name in filled if name != "x_SourceRow")]))
            out = Path(scratch, "expected.csv")
            con.execute(f"COPY (SELECT {shown} FROM loaded ORDER BY ALL) TO {literal(str(out))} (HEADER)")
        return out.read_text()


def main(names: Sequence[str]) -> int:
    """Write expected.csv of the named sources, or of all."""
    found = sources()
    for name in names or sorted(found):
        target = found[name].folder / "expected.csv"
        text = expected(found[name], sample(found[name]))
        changed = not target.exists() or target.read_text() != text
        target.write_text(text)
        print(f"{target}: {'written, read it' if changed else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
