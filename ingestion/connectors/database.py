"""A PostgreSQL of the company's own, read at one moment in a transaction that can change nothing.

The password goes to one server only, encrypted unless that is this machine, and into nothing that is written or logged.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from ingestion.connectors.trying import LOOPBACK, Access, Passing, PullRefused, Trying
from ingestion.findings import shortened

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")

ENCRYPTED = ("require", "verify-ca", "verify-full")
CONNECT = 15  # seconds
# Classes of SQLSTATE: connection, rollback (also a standby that replays), resources, in use, an operator, the system
PASSING = ("08", "40", "53", "55", "57", "58")
UNTRUSTED = ("certificate", "does not support SSL")  # no answer that comes later will be another
NOT_YET = ("starting up", "shutting down", "recovery", "too many", "remaining connection slots")


@dataclass(frozen=True)
class Snapshot:
    """One moment of the database: `name` is what the server calls it."""

    name: str
    _cursor: "psycopg.Cursor[Any]"

    def columns(self, table: str) -> dict[str, bool]:
        """The columns of a table, and whether we may read them; none when there is no such table."""
        self._cursor.execute(
            "SELECT attname, has_column_privilege(attrelid, attnum, 'SELECT') FROM pg_attribute"
            " WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        )
        return dict(self._cursor.fetchall())

    def copy(self, statement: str, out: BinaryIO) -> int:
        """Write what a COPY statement gives, byte by byte as the server sends it. Gives the rows that it counted."""
        with self._cursor.copy(statement.encode()) as rows:
            for block in rows:
                out.write(block)
        return self._cursor.rowcount


class Database(Trying):
    """A way to one database. Raises PullRefused for an address that is none, or would send the password unencrypted."""

    def __init__(self, access: Access, sleep: Callable[[float], None] = time.sleep, timeout: int = CONNECT):
        self._asked = _checked(access.base_url) | {"connect_timeout": timeout}
        super().__init__(access, str(self._asked["host"]), sleep)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open between two moments."""

    def read(self, work: Callable[[Snapshot], T]) -> T:
        """What `work` makes of one moment; when something fails on the way, it is called again, with a later one.

        Raises Unavailable when every try failed, PullRefused when another try would not help.
        """
        return self.until_it_works(self._place, self._once, work)

    @property
    def _place(self) -> str:
        return f"{self.host}/{self._asked['dbname']}"

    def _once(self, work: Callable[[Snapshot], T]) -> T:
        import psycopg

        self.requests += 1
        try:
            with self._snapshot() as snapshot:
                return work(snapshot)
        except psycopg.Error as error:
            raise self._told(error) from None

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        import psycopg

        with psycopg.connect(**self._asked, password=self.secret, client_encoding="UTF8") as connection:
            connection.read_only, connection.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
            with connection.cursor() as cursor:
                # A role or a database may have other habits: days are UTC's, and a float is told with all its digits
                for said in ("TimeZone TO 'UTC'", "DateStyle TO 'ISO'", "extra_float_digits TO 1"):
                    cursor.execute(f"SET LOCAL {said}")
                (name,) = cursor.execute("SELECT pg_current_snapshot()::text").fetchone() or ("",)
                yield Snapshot(str(name), cursor)

    def _told(self, error: "psycopg.Error") -> Exception:
        """What to raise for an error: tried again where it may pass, else with its cure."""
        state = error.sqlstate
        said = " ".join(self.hidden(str(error)).split()).removeprefix("connection failed: ")
        if state == "42501":
            return PullRefused(f"{self._place}: {said}. GRANT SELECT on it to {self._asked['user']}")
        if state is None and any(word in said for word in UNTRUSTED):
            cure = "name the certificate that it is signed by: ?sslmode=verify-full&sslrootcert=/etc/acme-ca.pem"
            return PullRefused(f"{self._place}: {said}. Let the server speak TLS, or {cure}")
        refused = "FATAL" in said and not any(phrase in said for phrase in NOT_YET)
        if state in ("28000", "28P01") or (state is None and refused):
            return PullRefused(f"{self._place}: refuses us: {said}. {self.access.cure}")
        return Passing(said) if state is None or state[:2] in PASSING else PullRefused(f"{self._place}: {said}")


def _checked(base_url: str) -> dict[str, Any]:
    """An address, taken apart."""
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise PullRefused("tables are read by psycopg: pip install 'tokenbooks[postgres]'") from None
    try:
        asked = conninfo_to_dict(base_url) if base_url.startswith(("postgresql://", "postgres://")) else {}
    except ProgrammingError:
        asked = {}
    if "password" in asked:
        raise PullRefused(f"{asked.get('host')}: the password is no part of the address; take it out, and change it")
    if not all(asked.get(part) for part in ("host", "dbname", "user")):
        raise PullRefused(f"{shortened(base_url)}: is no address such as postgresql://books@db.example.com/litellm")
    here = all(host in LOOPBACK or host.startswith("/") for host in str(asked["host"]).split(","))
    if not here and "sslmode" not in asked:
        asked = {"sslrootcert": "system"} | asked | {"sslmode": "verify-full"}
    if not here and asked["sslmode"] not in ENCRYPTED:
        raise PullRefused(f"{asked['host']}: would send the password unencrypted; write ?sslmode=verify-full")
    return dict(asked)
