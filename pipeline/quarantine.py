"""Where a refused export lies: the export as received, the verdict, and the rows that broke each rule."""

import csv
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingestion import Part
from ingestion.archive import link_or_copy

NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def put(quarantine: Path, load_id: str, parts: Sequence[Part], verdict: str, rows: Mapping[str, Any]) -> None:
    """Make `quarantine`/<load_id> whole or not at all. `rows` holds a pyarrow Table per rule."""
    made, final = quarantine / f".{load_id}", quarantine / load_id
    shutil.rmtree(made, ignore_errors=True)
    (made / "export").mkdir(parents=True)
    for part in parts:
        link_or_copy(part.path, made / "export" / part.name)
    (made / "verdict.json").write_text(verdict)
    for rule, table in rows.items():
        _write_rows(made / f"rows-{re.sub(r'[^A-Za-z0-9_-]', '_', rule)}.csv", table.column_names, table.to_pylist())
    shutil.rmtree(final, ignore_errors=True)
    os.replace(made, final)


def remove(quarantine: Path, load_id: str) -> None:
    """Take an export out that was refused once and is accepted now."""
    shutil.rmtree(quarantine / load_id, ignore_errors=True)


def _write_rows(path: Path, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(map(neutral, names))
        writer.writerows([neutral(row[name]) for name in names] for row in rows)


def neutral(value: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    text = "" if value is None else f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.match(text) else text
