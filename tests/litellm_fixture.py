"""LiteLLM's database on loopback: a real PostgreSQL with the rows of the sources' samples, and the guide's role."""

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from benchmarks.postgres import postgres_server
from ingestion.connectors import connectors
from ingestion.connectors.declaration import Tables
from ingestion.golden import sample
from tests.provider_fixture import KEY

OWNERS = "owner's password"
GUIDE = Path(__file__).parents[1] / "docs" / "guide-data-engineer.md"


@dataclass
class Proxy:
    """The database while it is up. `url` is for the role `books`, whose password is KEY."""

    url: str = ""
    owners: str = ""

    @contextmanager
    def serving(self) -> Iterator["Proxy"]:
        """Up, and full, for a while."""
        with postgres_server(OWNERS) as self.owners:
            self.url = self.owners.replace("litellm@", "books@")
            with self.owner() as owner:
                for connector in connectors().values():
                    if isinstance(connector, Tables):
                        fill(owner, connector)
                owner.execute(role().encode())
            yield self

    def owner(self) -> psycopg.Connection:
        """A connection that may change everything."""
        return psycopg.connect(self.owners, password=OWNERS)


def role() -> str:
    """What the guide says to make the role with; its password is KEY."""
    (told,) = re.findall(r"^```postgresql\n(.*?)^```", GUIDE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return told.replace("'...'", f"'{KEY}'")


def fill(owner: psycopg.Connection, connector: Tables) -> None:
    """Put the source's sample into its table; keys that were deleted go into the second."""
    (file,) = sample(connector.source)
    with file.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            table = [*connector.tables.values()][-1 if row.get("deleted_at") else 0]
            given = {name: value for name, value in row.items() if value and name in every_column(owner, table)}
            insert(owner, table, given)


def insert(owner: psycopg.Connection, table: str, row: Mapping[str, str]) -> None:
    """Add a row; the server reads its texts as whatever the columns are."""
    asked = SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(table), SQL(", ").join(map(Identifier, row)), SQL(", ").join(map(Literal, row.values()))
    )
    owner.execute(asked)


def every_column(owner: psycopg.Connection, table: str) -> list[str]:
    """The names of a table's columns."""
    described = owner.execute(SQL("SELECT * FROM {} LIMIT 0").format(Identifier(table))).description or []
    return [column.name for column in described]
