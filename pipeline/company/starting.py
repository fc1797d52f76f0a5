"""A company that has told nothing yet: every file with its header, a secret of its own, default policies."""

import os
import secrets
from pathlib import Path

from pipeline.company.checking import SECRET
from pipeline.company.declared import contract

SETTINGS = """\
# Whose accounts these are: one line per export and account, with an entity of entities.csv, such as
#   - {source: openai_costs, account: acme-openai, entity: US01}
book: US_GAAP
accounts: []
"""


def write_empty_company(folder: Path) -> None:
    """Write what is missing of an empty company into `folder`; what is there stays as it is."""
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    for name, table in contract().items():
        _write(folder / f"{name}.csv", ",".join(table.columns) + "\n")
    _write(folder / "tokenbooks.yml", SETTINGS)
    _write(folder / SECRET, secrets.token_hex(32) + "\n", mode=0o600)


def _write(path: Path, content: str, mode: int = 0o644) -> None:
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as out:
        out.write(content)
    os.replace(temporary, path)
