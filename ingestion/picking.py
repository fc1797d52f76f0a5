"""Which lines of a log are records, and which of those are one: logs are written in several steps and delivered again.

The lines are read once, on all cores, into a table whose order is that of the export; what follows asks that table.
"""

import re
from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa

from ingestion.archive import Part
from ingestion.casting import quoted
from ingestion.declared import Identity
from ingestion.findings import ExportRefused, Finding
from ingestion.registry import Source

AGAIN = "copy the log again and deliver it under a new name"
NAMED = ["_file", "_page", "_person"]


def pick(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source, columns: Collection[str]) -> None:
    """Make the table `raw` of the records among `lines`: texts, what was carried to them, `_person`, `_record`, `_row`.

    `lines` has the texts of `columns`, and `_file`. Raises ExportRefused when a line cannot be read.
    """
    _keep(con, parts, source, columns)
    _name_files(con, parts, source)
    carried = [
        f"last_value({quoted(f'said {name}')} IGNORE NULLS) OVER above AS {quoted(name)}" for name in source.carried
    ]
    above = "WINDOW above AS (PARTITION BY _file ORDER BY rowid ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    con.execute(f"CREATE VIEW told AS SELECT {', '.join(['*', 'rowid AS _line', *carried])} FROM kept {above}")
    con.execute(f"CREATE VIEW records AS SELECT * FROM told WHERE {source.only or 'true'}")
    chosen = _one_of_each(source, source.identity) if source.identity else "SELECT *, NULL AS _record FROM records"
    numbered = f"SELECT *, row_number() OVER (ORDER BY _line) AS _row FROM ({chosen}) INNER JOIN files USING (_file)"
    con.execute(f"CREATE TABLE raw AS {numbered} ORDER BY _line")


def _keep(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source, columns: Collection[str]) -> None:
    """The table `kept`: lines that are records, or may be, and those that say something of others."""
    absent = [f"CAST(NULL AS VARCHAR) AS {quoted(name)}" for name in source.columns if name not in columns]
    said = [f"({sql}) AS {quoted(f'said {name}')}" for name, sql in source.carried.items()]
    wanted = [f"({sql}) IS NOT NULL" for sql in source.carried.values()]
    wanted += [f"({source.only})" if source.only else "true"]
    lines = f"SELECT {', '.join(['*', *absent])} FROM lines"
    try:
        con.execute(f"CREATE TABLE kept AS SELECT {', '.join(['*', *said])} FROM ({lines}) WHERE {' OR '.join(wanted)}")
    except duckdb.InvalidInputException as error:
        message = f"has a line that is no JSON object: {re.sub(r'[^ ]*/[^ ]*', '…', str(error).splitlines()[0])}"
        raise ExportRefused([Finding("json", message, AGAIN, parts[0].name)]) from None


def _name_files(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source) -> None:
    """The table `files`: the first place of each file in the delivery, and the person that its name tells."""
    named: dict[str, tuple[int, str | None]] = {}
    for page, part in enumerate(parts, 1):
        found = re.search(source.person, part.name) if source.person else None
        named.setdefault(str(part.path), (page, found[1] if found else None))
    pages, persons = zip(*named.values(), strict=True)
    # at once, since a statement for each of thousands of files takes longer than to read them
    con.register("files", pa.table([pa.array(named), pa.array(pages), pa.array(persons, pa.string())], NAMED))


def _one_of_each(source: Source, identity: Identity) -> str:
    """Of records with one id the one that counts. One without an id has its whole text as such, and which time it is
    that the delivery has it: so it is known again when the log is delivered again."""
    texts = ", chr(31), ".join(f"coalesce({quoted(name)}, chr(30))" for name in source.columns)
    best = "arg_min" if identity.counts == "first" else "arg_max"
    return f"""
        WITH named AS (SELECT *, ({identity.id}) AS _id FROM records),
        counted AS (SELECT {best}(_line, ({identity.by}, _line)) AS _line FROM named WHERE _id IS NOT NULL GROUP BY _id)
        SELECT * EXCLUDE (_id), _id AS _record FROM named WHERE _line IN (FROM counted)
        UNION ALL
        SELECT * EXCLUDE (_id, _text), _text || '#' || row_number() OVER (PARTITION BY _text ORDER BY _line) AS _record
        FROM (SELECT *, md5(concat({texts})) AS _text FROM named WHERE _id IS NULL)"""
