"""The engine for databases: the tables of a delivery as the server itself writes them to CSV, all of one moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ingestion.connectors.database import Database, Snapshot
from ingestion.connectors.declaration import Tables
from ingestion.connectors.pulling import Pull
from ingestion.connectors.record import Page
from ingestion.connectors.trying import PullRefused

if TYPE_CHECKING:
    from psycopg.sql import Composable


@dataclass
class TablesPull(Pull[Tables, Database]):
    """Copies tables of a PostgreSQL: the columns that the source knows, and of those that have days, the days."""

    def _fetch_until_whole(self) -> None:
        try:
            self.transport.read(self._copy)
        finally:
            self.count()

    def _copy(self, snapshot: Snapshot) -> None:
        """All tables. What an earlier moment gave does not go with this one."""
        self.room.discard()
        self.record = self._anew()
        for name, table in self.connector.tables.items():
            asked = statement(self.connector, table, self._columns(snapshot, table), self.window)
            self.progress(f"copying {table} for {self.connector.source.id} of {self.account}")
            with self.room.writing(file := f"{name}.csv") as out:
                rows = snapshot.copy(asked, out)
            self.record.pages.append(self._page(file, table, asked, snapshot, rows))
            self.room.keep(self.record)

    def _columns(self, snapshot: Snapshot, table: str) -> list[str]:
        """Those of a table that the source knows and we may read. Raises PullRefused without those it needs."""
        place, found = f"{self.transport.host}: {table}", snapshot.columns(table)
        if not found:
            raise PullRefused(f"{place}: is not in the database, or not in the search_path of our role")
        known = self.connector.source.columns
        needed = {name for name, column in known.items() if column.required} | set(self.connector.order)
        if missing := sorted(needed - set(found)):
            raise PullRefused(f"{place}: has no column {', '.join(missing)}; the source needs it")
        if hidden := sorted(name for name in needed if not found[name]):
            raise PullRefused(f"{place}: GRANT SELECT ({', '.join(hidden)}) on it to our role")
        return [name for name in known if found.get(name)]

    def _page(self, file: str, table: str, asked: str, snapshot: Snapshot, rows: int) -> Page:
        path = self.room.page(file)
        with path.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        return Page(
            series=table,
            file=file,
            method="COPY",
            path=table,
            query={},
            body={"statement": asked},
            request_id=snapshot.name,
            fetched_at=self.now(),
            bytes=path.stat().st_size,
            sha256=sha256,
            records=rows,
            next=None,
        )

    def _check(self) -> None:
        """The server said how many rows it sent, and a copy that breaks off is an error: nothing is left to be told."""

    def _states_anything(self) -> bool:
        return any(page.records for page in self.record.pages)


def statement(connector: Tables, table: str, columns: Sequence[str], window: tuple[date, date] | None) -> str:
    """The COPY of a table's columns, of half-open days where the connector has a `day`, in the connector's order."""
    from psycopg.sql import SQL, Identifier, Literal

    days: Composable = SQL("")
    if connector.day and window:
        # texts, which the server reads as whatever the column is: a date, a time or a text itself
        first, after = (Literal(str(day)) for day in window)
        days = SQL(" WHERE {day} >= {first} AND {day} < {after}").format(
            day=Identifier(connector.day), first=first, after=after
        )
    ordered = SQL(", ").join(map(Identifier, connector.order))
    given = SQL(", ").join(_given(name, connector.members.get(name)) for name in columns)
    asked = SQL("COPY (SELECT {} FROM {}{} ORDER BY {}) TO STDOUT (FORMAT csv, HEADER)")
    return asked.format(given, Identifier(table), days, ordered).as_string(None)


def _given(name: str, members: Sequence[str] | None) -> "Composable":
    """A column, or of a JSON column some members."""
    from psycopg.sql import SQL, Identifier, Literal

    if members is None:
        return Identifier(name)
    column, each = Identifier(name), SQL("{0}, {1} -> {0}")
    kept = SQL(", ").join(each.format(Literal(member), column) for member in members)
    return SQL("jsonb_strip_nulls(jsonb_build_object({})) AS {}").format(kept, column)
