"""Great Expectations on DuckDB: the DuckDB dialect of SQLAlchemy, with each result read before it is handed over.

GX returns a result from a `with engine.connect()` block and fetches from it afterwards; DuckDB drops
the rows of a closed connection. Buffering each (small) result is SQLAlchemy's own, public cure.
"""

from typing import ClassVar

from duckdb_sqlalchemy import Dialect, DuckDBExecutionContext
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.interfaces import ExecutionContext

NAME = "duckdb_buffered"


class BufferedExecutionContext(DuckDBExecutionContext):
    """Fetches all rows of a statement at once, so that they outlive its connection."""

    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description:
            rows = self.cursor.fetchall()
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor.description, initial_buffer=rows)


class BufferedDuckDB(Dialect):
    """DuckDB, as GX can use it."""

    supports_statement_cache = True
    execution_ctx_cls: ClassVar[type[ExecutionContext]] = BufferedExecutionContext


def register() -> str:
    """Make the dialect known to SQLAlchemy under `NAME`, which is returned for use in an address."""
    registry.register(NAME, __name__, BufferedDuckDB.__name__)
    return NAME
