"""Great Expectations in this process: one quiet, fileless context over one DuckDB in memory, made when first needed."""

import gc
import importlib
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

# Bytes that a gate may hold in memory; what does not fit is spilled to the temporary directory.
MEMORY_LIMIT = "1GiB"
_MAKING = threading.Lock()


@dataclass
class Engine:
    """The GX table asset `asset` and `connection`, a DuckDB connection to the same database; one caller at a time."""

    asset: Any
    connection: Any
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbers: Iterator[int] = field(default_factory=count)

    def run(self, view: str, suite: Any) -> Any:
        """What GX says of each expectation of the suite over the view. Only counts leave the view, never values."""
        self.asset.table_name = view  # a name never used before: GX remembers the columns of each
        batch = self.asset.get_batch(self.asset.build_batch_request())
        return batch.validate(suite, result_format="BASIC")

    @contextmanager
    def view(self, relation: str) -> Iterator[str]:
        """The relation (SQL) as a view for the time of the block; its name is given."""
        name = f"batch_{next(self.numbers)}"
        self.connection.execute(f"create view {name} as {relation}")
        try:
            yield name
        finally:
            self.connection.execute(f"drop view {name}")


@contextmanager
def engine() -> Iterator[Engine]:
    """This process's engine, held alone. A forked child gets one of its own: DuckDB does not outlive a fork."""
    held = _held()
    # GX prints advice on queries that look beyond their batch; a tie between two tables has to.
    with held.lock, redirect_stdout(StringIO()):
        yield held


def ready_ahead() -> None:
    """Make this process's engine beside what the caller does first: importing GX takes seconds of one core."""
    threading.Thread(target=_held).start()


def _held() -> Engine:
    with _MAKING:
        return _engine(os.getpid())


@cache
def _engine(process: int) -> Engine:
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with _no_collection(), _imported_when_used("altair", "scipy.stats"):
        import great_expectations as gx
        import sqlalchemy

    from expectations.duckdb_dialect import register

    address = f"{register()}:///:memory:gate_{process}"
    # The database lives while a connection does; GX opens others to it and closes them as it likes.
    connection = sqlalchemy.create_engine(address).raw_connection()
    for name, value in {"memory_limit": MEMORY_LIMIT, "temp_directory": _spill(process)}.items():
        connection.cursor().execute(f"set {name} = '{value}'")
    connection.cursor().execute("set preserve_insertion_order = false")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql("gate", connection_string=address, create_temp_table=False)
    connection.cursor().execute("create view nothing as select 1")
    # One asset, pointed at each batch in turn: GX writes out its whole configuration whenever an asset comes or goes.
    asset = source.add_table_asset(name="batch", table_name="nothing")
    return Engine(asset, connection.driver_connection)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing that an import makes is garbage; looking for some takes a sixth of the time to import GX."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _WhenUsed(ModuleType):
    """Stands for a module until something in it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _imported_when_used(*names: str) -> Iterator[None]:
    """What GX imports for expectations that no gate has takes a third of its time to import."""
    held = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _WhenUsed(name) for name in held})
    try:
        yield
    finally:
        for name in held:
            if isinstance(sys.modules.get(name), _WhenUsed):
                del sys.modules[name]


def _spill(process: int) -> Path:
    return Path(tempfile.gettempdir()) / f"tokenbooks-gate-{process}"


def parquet(files: list[Path]) -> str:
    """SQL for the rows of the Parquet files. Folders named key=value give no columns: a file says all there is."""
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"select * from read_parquet([{paths}], hive_partitioning = false)"
