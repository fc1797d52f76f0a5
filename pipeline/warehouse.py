"""The warehouse file: opened or made anew, and filled with what dbt reads — schema `lake` and schema `company`.

It is a cache. One that is missing or cannot be read is made again from lake and company, never repaired.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple

import duckdb
import pyarrow as pa

from ingestion import Source
from ingestion.focus import DATASETS, duckdb_type
from pipeline import store
from pipeline.fingerprint import fingerprints
from pipeline.manifest import Load
from pipeline.plan import Inputs, bounds
from pipeline.settings import Books, BooksError

# What DuckDB says of a file that another process writes to; anything else it says on opening means damage.
LOCKED = "Conflicting lock"

STATE = """
create schema if not exists lake;
create table if not exists lake.build_state (period varchar primary key, inputs_hash varchar not null);
create table if not exists lake.build_output (
    model varchar, period varchar, row_count bigint, digest varchar, primary key (model, period)
);
"""

INPUTS = """
create or replace table lake.coverage (
    load_id varchar, source varchar, account varchar, dataset varchar, window_by varchar, day_from date, day_to date
);
create or replace table lake.loads (
    load_id varchar, source varchar, account varchar, dataset varchar, sha256 varchar, rows bigint,
    as_of timestamp, window_from date, window_to date
);
create or replace table lake.sources (
    source varchar, title varchar, provider varchar, dataset varchar, statement varchar, rank integer
);
create or replace table lake.drivers (cost_source varchar, usage_source varchar);
create or replace table lake.build_periods (period varchar, start_date date, end_date date);
create or replace table lake.prices (
    model varchar, token_class varchar, service_tier varchar, context_from bigint, context_to bigint,
    unit_price decimal(19, 12), by_hour boolean, valid_from date, valid_to date
);
create or replace table lake.currencies (currency varchar, minor_units integer);
"""

OUTPUT = """
with columns as (
    select table_name as model, string_agg(column_name || ' ' || data_type, ',' order by column_index) as columns
    from duckdb_columns() where schema_name = 'finance' group by table_name
)
select model, period, md5(concat_ws(';', digest, row_count, columns))
from lake.build_output inner join columns using (model) order by model, period
"""

PIECE = ("load_id", "source", "account", "dataset", "window_by", "day_from", "day_to")
LOAD = ("load_id", "source", "account", "dataset", "sha256", "rows", "as_of", "window_from", "window_to")

# Where CLDR, which babel carries, counts the decimals in use and ISO 4217, which books follow, the decimals there are.
ISO_4217 = {
    **dict.fromkeys(("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP", "YER"), 2),
    "IQD": 3,
}


def open_warehouse(books: Books) -> duckdb.DuckDBPyConnection:
    """The warehouse, open for writing. Raises BooksError when another program has it open."""
    try:
        con = duckdb.connect(str(books.warehouse))
    except duckdb.Error as error:
        raise (_in_use(books) if LOCKED in str(error) else error) from None
    con.execute(STATE)
    return con


def discard(books: Books) -> None:
    """Throw the warehouse away, with its write-ahead log."""
    for path in (books.warehouse, books.warehouse.with_name(books.warehouse.name + ".wal")):
        path.unlink(missing_ok=True)


def read_state(books: Books) -> dict[str, str]:
    """The inputs hash of each period as last built ('' if that build did not end well).

    Empty when there is no warehouse, or none that can be read: then there is nothing in it to keep.
    Raises BooksError when another program has it open for writing.
    """
    if not books.warehouse.exists():
        return {}
    try:
        with duckdb.connect(str(books.warehouse), read_only=True) as con:
            return dict(con.execute("select period, inputs_hash from lake.build_state").fetchall())
    except duckdb.Error as error:
        if LOCKED in str(error):
            raise _in_use(books) from None
        return {}


def periods_to_judge(books: Books, periods: list[str]) -> tuple[list[str], list[str]]:
    """Those of the periods that have cost, and those that have postings and no cost, sorted."""
    ask = "select distinct period from finance.{} where list_contains(?, period) and {}"
    with duckdb.connect(str(books.warehouse), read_only=True) as con:
        costly = con.execute(ask.format("fct_charges", "recognized_cost <> 0"), [periods]).fetchall()
        posted = con.execute(ask.format("fct_postings", "true"), [periods]).fetchall()
    return sorted(period for (period,) in costly), sorted(period for (period,) in {*posted} - {*costly})


def read_output(books: Books) -> list[tuple[str, str, str]]:
    """(model, period, digest of its rows and columns) of every finance table as built; empty without a warehouse."""
    if not books.warehouse.exists():
        return []
    with duckdb.connect(str(books.warehouse), read_only=True) as con:
        return con.execute(OUTPUT).fetchall()


def write_inputs(con: duckdb.DuckDBPyConnection, books: Books, inputs: Inputs, periods: list[str]) -> None:
    """Schema `lake` for a build of `periods`. Marks them unbuilt first, so that a crash from here on is seen."""
    con.execute("insert or replace into lake.build_state select unnest(?), ''", [periods])
    con.execute(INPUTS)
    for dataset in DATASETS:
        con.execute(_lake_view(dataset, _files(books, inputs, dataset, periods)))
    _insert(con, "lake.coverage", (tuple(getattr(p, name) for name in PIECE) for p in inputs.pieces))
    _insert(con, "lake.loads", (tuple(getattr(load, name) for name in LOAD) for load in inputs.loads))
    _insert(con, "lake.sources", map(_source_row, inputs.sources.values()))
    _insert(con, "lake.drivers", ((s.id, driver) for s in inputs.sources.values() for driver in s.drivers))
    _insert(con, "lake.build_periods", ((period, *bounds(period)) for period in periods))
    _insert(con, "lake.prices", _price_rows(con))
    _insert(con, "lake.currencies", sorted(minor_units().items()))


def write_output(con: duckdb.DuckDBPyConnection, periods: list[str]) -> list[tuple[str, str, int, str]]:
    """Note the content of what was built: (model, period, rows, digest), for publishing and for the record."""
    output = fingerprints(con, periods)
    con.execute("begin")
    # What is told now replaces what was known of it; facts of other periods stay known as they were.
    con.execute(
        "delete from lake.build_output where not starts_with(model, 'fct_') or list_contains(?, period)", [periods]
    )
    _insert(con, "lake.build_output", output)
    con.execute("commit")
    return output


def write_state(con: duckdb.DuckDBPyConnection, built: Mapping[str, str]) -> None:
    """Mark the periods as built from these inputs: the last act of a build."""
    con.execute(
        "insert or replace into lake.build_state select unnest(?), unnest(?)", [list(built), list(built.values())]
    )


def minor_units() -> dict[str, int]:
    """Decimals of every currency's minor unit by ISO 4217: USD 2, JPY 0, KWD 3."""
    from babel.core import get_global
    from babel.numbers import get_currency_precision, list_currencies

    codes = {code for code in list_currencies() if len(code) == 3} | set(get_global("currency_fractions")) - {"DEFAULT"}
    return {code: ISO_4217.get(code, get_currency_precision(code)) for code in codes}


def _source_row(source: Source) -> tuple[object, ...]:
    states = (source.states.of, source.states.rank) if source.states else (None, None)
    return source.id, source.title, source.provider, source.dataset, *states


def _in_use(books: Books) -> BooksError:
    return BooksError(f"{books.warehouse}: another program has it open; close that program, then run this again")


def _files(books: Books, inputs: Inputs, dataset: str, periods: list[str]) -> list[str]:
    """Lake files that may hold rows of `periods`, or decide which of them count: of loads that count, nothing else.

    Raises BooksError for one that somebody took away.
    """
    counting = {piece.load_id for piece in inputs.pieces}
    found = {
        books.lake / file.path: load.load_id
        for load in inputs.loads
        if load.dataset == dataset and load.load_id in counting
        for file in load.files
        if file.period in periods or _asked(inputs, load, file.period, periods)
    }
    store.fetch(books, "lake", found)
    for path, load_id in found.items():
        if not path.is_file():
            raise BooksError(
                f"{path}: missing; delete evidence/loads/{load_id}.json and run "
                "`tokenbooks load`: the export in landing (or, put back there, in archive) gives it again"
            )
    return sorted(map(str, found))


def _asked(inputs: Inputs, load: Load, period: str, periods: list[str]) -> bool:
    """Whether rows of another period matter: all of identities and invoices, and what earlier logs hold already."""
    if load.dataset in ("identities", "invoices"):
        return True
    source = inputs.sources.get(load.source)
    return bool(source and source.identity) and period < max(periods)


def _lake_view(dataset: str, files: list[str]) -> str:
    """The view of one dataset: the columns of the vocabulary, and the period that the file's folder names."""
    types = {field.name: duckdb_type(field.type) for field in DATASETS[dataset]}
    if not files:
        columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types.items())
        return f"create or replace view lake.{dataset} as select {columns}, cast(null as varchar) as period where false"
    columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in types.items())
    paths = ", ".join(_literal(path) for path in files)
    nulls = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in types.items())
    # a load made before a column was thought of has nothing there
    return (
        f"create or replace view lake.{dataset} as select {columns}, period from ("
        f"select {nulls}, cast(null as varchar) as period where false union all by name "
        f"select * from read_parquet([{paths}], union_by_name = true, "
        "hive_partitioning = true, hive_types = {'period': varchar, 'source': varchar}))"
    )


def _literal(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _price_rows(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """List prices of the models that the periods to build name."""
    from pipeline.prices import list_prices

    models = con.execute(
        "select x_Model from lake.charges where x_Model is not null "
        "union select x_Model from lake.usage where x_Model is not null"
    ).fetchall()
    prices = list_prices(model for (model,) in models)
    return [astuple(price) for price in prices]


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Append the rows, whole columns at a time."""
    listed = list(rows)
    if not listed:
        return
    columns = [pa.array(column) for column in zip(*listed, strict=True)]
    con.register("incoming", pa.Table.from_arrays(columns, names=[f"c{i}" for i in range(len(columns))]))
    con.execute(f"insert into {table} select * from incoming")
    con.unregister("incoming")
