"""A company that has told nothing yet: every file with its header, a secret of its own, and what holds by default.

`defaults/` has the chart of accounts, the posting rules and the policies that a new company starts with and may change.
"""

import os
import secrets
from getpass import getuser
from pathlib import Path

from pipeline.company.checking import SECRET
from pipeline.company.declared import contract
from pipeline.content import replacing

DEFAULTS = Path(__file__).parent / "defaults"
SETTINGS = """\
# Whose accounts these are: one line per export and account, with an entity of entities.csv, such as
#   - {source: openai_costs, account: acme-openai, entity: US01}
book: US_GAAP
accounts: []
"""


def default_files() -> dict[str, str]:
    """What a company starts with: path below company/ and text, the approver of its policies still `$APPROVER`."""
    return {
        str(path.relative_to(DEFAULTS)): path.read_text(encoding="utf-8")
        for path in sorted(DEFAULTS.rglob("*"))
        if path.is_file()
    }


def write_empty_company(folder: Path) -> None:
    """Write what is missing of an empty company into `folder`; what is there stays as it is.

    Whoever runs it approves the default policies.
    """
    files = {f"{name}.csv": ",".join(table.columns) + "\n" for name, table in contract().items()}
    files |= {name: text.replace("$APPROVER", f"{getuser()} (init)") for name, text in default_files().items()}
    for name, text in (files | {"tokenbooks.yml": SETTINGS, SECRET: secrets.token_hex(32) + "\n"}).items():
        put_company_file(folder / name, text.encode())


def put_company_file(path: Path, content: bytes) -> None:
    """Write a company file whole, a secret for its owner's eyes only; a file that is there stays as it is."""
    if path.exists():
        return
    with replacing(path) as temporary:
        mode = 0o600 if path.name == SECRET else 0o644
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT, mode), "wb") as out:
            out.write(content)
