"""Exports that a test writes: archived and loaded as a delivery is, by a source of the product or the test's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingestion import LoadResult, archive_file, load_export, sources
from ingestion.registry import Source, read_source


def declared(home: Path, text: str, sql: str, dataset: str = "charges") -> Source:
    """A source of the test's own: the text of its source.yml and its SELECT."""
    place = home / "a_source"
    place.mkdir(exist_ok=True)
    (place / "source.yml").write_text(text)
    (place / f"{dataset}.sql").write_text(sql)
    return read_source(place)


def loaded(source: Source | str, home: Path, files: Mapping[str, bytes | str], account: str = "acme") -> LoadResult:
    """A delivery of files by name, or parts of names, below `home`. Raises ExportRefused as load_export does."""
    parts = []
    for name, content in files.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        parts.append(archive_file(file, home / "archive"))
    known = sources()[source] if isinstance(source, str) else source
    return load_export(parts, known, account, home / "staging")


def rows(result: LoadResult) -> list[dict[str, Any]]:
    """What came of it, in the order of its files."""
    return [row for file in result.files for row in pq.read_table(file.path).to_pylist()]
