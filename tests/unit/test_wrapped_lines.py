"""CSV each of whose lines is one quoted field that holds the line: read as the lines themselves, or refused."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest

from ingestion import ExportRefused
from ingestion.registry import Source
from tests.export_fixture import declared, loaded, rows

USAGE = """
title: Use
provider: P
how: by mail
format: csv
dataset: usage
window: days
finality: never
columns:
  day: {type: date, required: true, filled: true}
  who: {required: true}
  model: {}
  tokens: {type: integer, required: true, filled: true}
"""
SELECT = (
    "SELECT _row, day AS UsageDate, who AS x_PrincipalId, model AS x_Model, tokens AS Quantity, 'n' AS Unit FROM export"
)
PLAIN = """day,who,model,tokens
2026-09-01,"Ann ""A"", of Acme","Auto: x, y",5
2026-09-02,,NULL,7
2026-09-02,"two
lines",,8
"""


def wrapped(text: str) -> str:
    """Every record as one quoted field: its first value bare, the others quoted."""
    out = io.StringIO()
    for record in csv.reader(io.StringIO(text)):
        quoted = [value.replace('"', '""') for value in record]
        inner = ",".join([quoted[0], *(f'"{value}"' for value in quoted[1:])])
        out.write('"' + inner.replace('"', '""') + '"\n')
    return out.getvalue()


@pytest.fixture
def known(tmp_path: Path) -> Source:
    return declared(tmp_path, USAGE, SELECT, "usage")


def use(known: Source, folder: Path, content: bytes) -> list[tuple[Any, ...]]:
    """Day, person, model and quantity of each row."""
    found = rows(loaded(known, folder, {"export.csv": content}))
    return [(row["UsageDate"], row["x_PrincipalId"], row["x_Model"], row["Quantity"]) for row in found]


@pytest.mark.parametrize("zipped", [False, True])
def test_wrapped_lines_are_read_as_the_lines_in_them(zipped: bool, known: Source, tmp_path: Path) -> None:
    text = wrapped(PLAIN)
    assert text.startswith('"day,""who"",""model""')
    content = gzip.compress(text.encode()) if zipped else text.encode()
    plain = use(known, tmp_path, PLAIN.encode())
    assert [(person, model) for _, person, model, _ in plain][:2] == [
        ('Ann "A", of Acme', "Auto: x, y"),
        (None, None),
    ]
    assert use(known, tmp_path, content) == plain


@pytest.mark.parametrize("line", ['"2026-09-01,""Ann"",5"', '"2026-09-01,Ann,x,5,6"', '"2026-09-01,""Ann,x,5"'])
def test_a_wrapped_line_with_another_number_of_values_is_refused(line: str, known: Source, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=r"export\.csv.*Expected 4 values"):
        use(known, tmp_path, (wrapped(PLAIN) + line + "\n").encode())


def test_a_wrapped_header_without_a_required_column_is_refused_by_name(known: Source, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="lacks the column tokens; was it renamed to token"):
        use(known, tmp_path, wrapped(PLAIN.replace("tokens", "token")).encode())
