"""CSV, Parquet and JSON lines, gzipped or not, as DuckDB scans of exact texts; nothing is read here but the header."""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import duckdb
from duckdb.sqltypes import DuckDBPyType

from ingestion.archive import Part
from ingestion.casting import literal, quoted
from ingestion.findings import ExportRefused, Finding, shortened
from ingestion.registry import Source
from ingestion.zipped import is_zipped

NULLS = ["", "NULL", "null", "(null)"]
HEAD = 1 << 18
LINE_LIMIT = 64 << 20  # bytes of one line of JSON: prompts and answers are long
LOOKED_AT = 10_000  # lines whose keys tell what columns a file of JSON lines has
NESTED = ("struct", "map", "list", "array")
AGAIN = "export it again and deliver it under a new name"


@dataclass(frozen=True)
class Csv:
    """How a CSV file with a header of one line is written, for a reader other than DuckDB."""

    columns: tuple[str, ...]
    delimiter: str
    zipped: bool


@dataclass(frozen=True)
class Parquet:
    """What a Parquet file stores: its columns with their DuckDB types, and the delivery's texts: name, SQL over them,
    and the column that it is the text of, if it is no part of one."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    texts: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True)
class Scan:
    """One file as SQL that yields its rows as texts, its columns in order, and how a reader other than DuckDB reads it,
    if that is known."""

    sql: str
    columns: tuple[str, ...]
    stored: Csv | Parquet | None = None


def scan(con: duckdb.DuckDBPyConnection, part: Part, source: Source) -> Scan:
    """A file by its content, not its name. Raises ExportRefused when it is none of the formats that are declared."""
    if part.bytes == 0:
        raise _refused("empty", part.name, "is empty", AGAIN)
    with part.path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1" and source.format not in ("csv", "json_lines"):
        return _parquet(con, part, source)
    if source.format == "parquet":
        raise _refused("format", part.name, "is not a Parquet file", AGAIN)
    zipped = is_zipped(part)
    if source.format in ("json_lines", "nested"):
        return _json_lines(con, [part], source, zipped)
    return _csv(part, source, zipped)


def scan_log(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source) -> Scan:
    """All files of a log at once, since there may be thousands, with the path of each line's file as `_file`."""
    filled = [part for part in parts if part.bytes]
    if not filled:
        raise _refused("empty", parts[0].name, "is empty", AGAIN)
    kinds = [[part for part in filled if is_zipped(part) is zipped] for zipped in (False, True)]
    scans = [_json_lines(con, some, source, zipped) for some, zipped in zip(kinds, (False, True), strict=True) if some]
    columns = dict.fromkeys(name for scan in scans for name in scan.columns)
    return Scan(" UNION ALL BY NAME ".join(scan.sql for scan in scans), tuple(columns))


def _parquet(con: duckdb.DuckDBPyConnection, part: Part, source: Source) -> Scan:
    read = f"read_parquet({literal(str(part.path))}, hive_partitioning = false)"
    try:
        described = con.sql(f"SELECT * FROM {read}")
    except duckdb.Error as error:
        raise _refused("format", part.name, f"is not a whole Parquet file: {_first_line(error)}", AGAIN) from None
    fields: list[tuple[str, str, str | None]] = []
    for column, kind in zip(described.columns, described.types, strict=True):
        whole = None if kind.id in NESTED else column
        fields += ((name, text, whole) for text, name in _fields(quoted(column), kind, column, source))
    names = _declared([name for name, _, _ in fields], source)
    _refuse_duplicates(names, part.name)
    texts = tuple((name, text, whole) for name, (_, text, whole) in zip(names, fields, strict=True))
    stored = Parquet(tuple(described.columns), tuple(map(str, described.types)), texts)
    selected = ", ".join(f"{text} AS {quoted(name)}" for name, text, _ in texts)
    return Scan(f"SELECT {selected} FROM {read}", tuple(names), stored)


def _fields(value: str, kind: DuckDBPyType, name: str, source: Source) -> Iterator[tuple[str, str]]:
    """A value as (text, name); of an object, where the source asks for its fields, each of them by its dotted name."""
    if kind.id == "struct" and any(column.startswith(f"{name}.") for column in source.columns):
        for field, of_kind in cast("list[tuple[str, DuckDBPyType]]", kind.children):
            yield from _fields(f"struct_extract({value}, {literal(field)})", of_kind, f"{name}.{field}", source)
    elif kind.id in NESTED:
        yield f"CAST(to_json({value}) AS VARCHAR)", name
    else:
        text = f"CAST({value} AS VARCHAR)"
        yield f"nullif({text}, '')" if kind.id == "varchar" else text, name


def _declared(headers: Sequence[str], source: Source) -> list[str]:
    """Headers by the names under which the source declares their columns; what it does not know stays as it is."""
    known = {name.lower(): name for name in source.columns}
    known = {other.lower(): name for name, column in source.columns.items() for other in column.also} | known
    return [known.get(header.lower(), header) for header in headers]


def _json_lines(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source, zipped: bool) -> Scan:
    """A JSON object a line. A declared column is a dotted path; what else the first lines hold at their top is told."""
    read = (
        f"read_ndjson_objects([{_texts([str(part.path) for part in parts])}], maximum_object_size = {LINE_LIMIT}, "
        f"filename = '_file', compression = '{'gzip' if zipped else 'uncompressed'}')"
    )
    try:
        seen = con.execute(f"SELECT DISTINCT unnest(json_keys(json)) FROM (FROM {read} LIMIT {LOOKED_AT})").fetchall()
    except duckdb.Error as error:
        raise _refused("json", parts[0].name, f"is not one JSON object a line: {_first_line(error)}", AGAIN) from None
    tops = {key for (key,) in seen}
    gone = _gone(con, read, [name for name in source.columns if name.split(".")[0] in tops], source)
    declared = [name for name in source.columns if name.split(".")[0] in tops and name not in gone]
    # asked for all at once, since each question reads the whole line, and once: past `unnest` DuckDB moves no condition
    # on a text, with which it would ask again
    paths = ", ".join(literal(_json_path(name)) for name in declared)
    texts = [f"found[{place}] AS {quoted(name)}" for place, name in enumerate(declared, 1)]
    strange = sorted(tops - {name.split(".")[0] for name in source.columns})
    texts += ["_file"] if source.logged else []
    found = f"SELECT unnest([json_extract_string(json, [{paths}])]) AS found, _file FROM {read}"
    return Scan(f"SELECT {', '.join(texts)} FROM ({found})", (*declared, *strange))


def _gone(con: duckdb.DuckDBPyConnection, read: str, names: Sequence[str], source: Source) -> set[str]:
    """Those required fields of objects that no line has, though lines have the object. A row that must fill one says so
    itself, since lines of other kinds may have an object of that name."""
    asked = [
        name for name in names if "." in name and source.columns[name].required and not source.columns[name].filled
    ]
    if not asked:
        return set()
    paths = [(_json_path(name.rpartition(".")[0]), _json_path(name)) for name in asked]
    gone = ", ".join(
        f"bool_or(json_exists(json, {literal(parent)})) AND NOT bool_or(json_exists(json, {literal(field)}))"
        for parent, field in paths
    )
    (found,) = con.execute(f"SELECT {gone} FROM (FROM {read} LIMIT {LOOKED_AT})").fetchall()
    return {name for name, is_gone in zip(asked, found, strict=True) if is_gone}


def _json_path(name: str) -> str:
    return "$" + "".join(f'."{step}"' for step in name.split("."))


def _csv(part: Part, source: Source, zipped: bool) -> Scan:
    header, delimiter, lines = _header(part, zipped)
    header = _declared(header, source)
    wrapped = len(header) == 1 and delimiter in header[0]
    names = _names(header[0], delimiter) if wrapped else header
    _refuse_duplicates(names, part.name)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in (["line"] if wrapped else names))
    nulls = "" if wrapped else f"nullstr = [{_texts(NULLS)}], "
    options = f"header = true, auto_detect = false, delim = {literal(delimiter)}, quote = '\"', escape = '\"'"
    compression = "gzip" if zipped else "none"
    read = (
        f"read_csv({literal(str(part.path))}, columns = {{{columns}}}, {options}, {nulls}compression = '{compression}')"
    )
    if wrapped:
        return Scan(_unwrapped(read, names, delimiter), tuple(names))
    stored = Csv(tuple(names), delimiter, zipped) if lines == 1 else None
    return Scan(f"SELECT * FROM {read}", tuple(names), stored)


def _unwrapped(read: str, names: Sequence[str], delimiter: str) -> str:
    """The rows of a file each of whose lines, the header too, is one quoted field that holds the line itself."""
    field = rf'("(?:[^"]|"")*"|[^"{delimiter}]*){re.escape(delimiter)}'
    line = f"line || {literal(delimiter)}"
    whole = f"regexp_full_match({line}, {literal(f'(?:{field}){{{len(names)}}}')})"
    fault = f"error('Expected {len(names)} values in a line')"
    fields = f"CASE WHEN {whole} THEN regexp_extract_all({line}, {literal(field)}, 1) ELSE {fault} END"
    value = "CASE WHEN starts_with(x, '\"') THEN replace(x[2:-2], '\"\"', '\"') ELSE x END"
    values = f"list_transform(list_transform({fields}, lambda x: {value}), lambda x: {_null_or('x')})"
    columns = ", ".join(f"values[{place}] AS {quoted(name)}" for place, name in enumerate(names, 1))
    return f"SELECT {columns} FROM (SELECT {values} AS values FROM {read})"


def _null_or(text: str) -> str:
    return f"CASE WHEN list_contains([{_texts(NULLS)}], {text}) THEN NULL ELSE {text} END"


def _texts(values: Sequence[str]) -> str:
    return ", ".join(literal(value) for value in values)


def _names(line: str, delimiter: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]


def _header(part: Part, zipped: bool) -> tuple[list[str], str, int]:
    """The names of the columns, what stands between them, and in how many lines."""
    try:
        with gzip.open(part.path) if zipped else part.path.open("rb") as file:
            head = file.read(HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise _refused("format", part.name, f"is not a whole gzip file: {error}", AGAIN) from None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("encoding", part.name, "is UTF-16", "save it as UTF-8 and deliver it under a new name")
    if b"\0" in head:
        raise _refused("format", part.name, "is not a CSV file: its first bytes are binary", AGAIN)
    try:
        text = head[: head.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cure = "save it as UTF-8 and deliver it under a new name"
        raise _refused("encoding", part.name, f"is not UTF-8 text: {error.reason}, byte {error.start}", cure) from None
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(lines, [])
    if not any(name.strip() for name in header):
        raise _refused("header", part.name, "has no header line", "the first line must name the columns")
    return [name.strip() for name in header], delimiter, lines.line_num


def _refuse_duplicates(header: Sequence[str], name: str) -> None:
    twice = [column for column, count in Counter(column.lower() for column in header).items() if count > 1]
    if twice:
        raise ExportRefused(
            Finding("header", f"has more than one column named {shortened(column)}", AGAIN, name, None, column)
            for column in twice
        )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _refused(rule: str, name: str, message: str, cure: str) -> ExportRefused:
    return ExportRefused([Finding(rule, message, cure, file=name)])
