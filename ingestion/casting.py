"""Text to types, exactly: for each declared type the SQL that casts strictly, and the SQL that tells whether it would.

DuckDB casts plain decimals exactly and rounds half away from zero, but it goes wrong on exponents
(8.17E-17 becomes 1E-12), ignores the offset of a time, and rounds 12.7 to an integer without a word:
those three are done by hand here.
"""

from collections.abc import Sequence

from ingestion.declared import Column

# `plain_number` writes 1.5e-05 as 0.000015 by moving the point in the text, never through a float; nothing is nothing
# at any power (OpenAI writes 0E-6176). What is no number, or has an absurd exponent, stays and fails the cast.
MACROS = r"""
CREATE TEMP MACRO padded(digits, places) AS
    lpad(digits, CAST(greatest(length(digits), places + 1) AS INTEGER), '0');
CREATE TEMP MACRO point_moved(sign, digits, places) AS sign || CASE
    WHEN places <= 0 THEN digits || repeat('0', -places)
    ELSE left(padded(digits, places), -places) || '.' || right(padded(digits, places), places) END;
CREATE TEMP MACRO exponent_moved(x, p) AS CASE
    WHEN p['power'] = '' THEN x
    ELSE point_moved(p['sign'], p['whole'] || p['part'], length(p['part']) - CAST(p['power'] AS BIGINT)) END;
CREATE TEMP MACRO plain_number(x) AS CASE
    WHEN NOT contains(x, 'e') AND NOT contains(x, 'E') THEN x
    WHEN regexp_full_match(trim(x), '[+-]?0+(\.0*)?[eE][+-]?[0-9]+') THEN '0'
    ELSE exponent_moved(x, regexp_extract(
        trim(x), '^([+-]?)([0-9]*)\.?([0-9]*)[eE]([+-]?[0-9]{1,3})$', ['sign', 'whole', 'part', 'power'])) END;
CREATE TEMP MACRO fits_18_9(x) AS
    instr(x, '.') <= 10 AND length(x) - instr(x, '.') <= 9 AND NOT contains(x, 'e') AND NOT contains(x, 'E');
"""

# An amount with a dollar sign or with commas between its thousands: -$10,000.00
GROUPED = r"'\s*-?\$?-?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]*)?\s*|\s*-?\$?-?[0-9]+(\.[0-9]*)?\s*'"

ISO = "'____-%'"  # how a date begins; DuckDB takes 4/1/25 for a day of the year 4

DUCKDB_TYPES = {
    "text": "VARCHAR",
    "decimal": "DECIMAL(28,12)",
    "cents": "DECIMAL(28,12)",
    "integer": "DECIMAL(18,0)",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "epoch_seconds": "TIMESTAMP",
    "epoch_milliseconds": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "json": "VARCHAR",
}
WHAT_IT_SHOULD_BE = {
    "decimal": "a decimal number with a point, at most 16 digits before it",
    "cents": "a decimal number of cents with a point, at most 16 digits before it",
    "integer": "a whole number of at most 18 digits",
    "timestamp": "a time such as 2026-09-01T00:00:00Z",
    "date": "a date such as 2026-09-01",
    "epoch_seconds": "Unix seconds, a whole number",
    "epoch_milliseconds": "Unix milliseconds, a whole number",
    "boolean": "true or false",
    "json": "JSON",
}


def plain_amount(column: Column) -> bool:
    """Whether a column holds amounts that Arrow reads as `strict` does, or not at all: exactly, and never rounding."""
    return column.type == "decimal" and not column.allowed and not column.nothing


def strict(name: str, column: Column, number: bool = False) -> str:
    """SQL for the typed value of text column `name`, or of one that is a `number` already; the query fails on a value
    that does not fit the declaration."""
    typed = quoted(name) if number else _value(name, column, "CAST")
    if column.allowed:
        typed = f"CASE WHEN {_among(name, column)} IS NOT FALSE THEN {typed} ELSE {_fail()} END"
    return f"coalesce({typed}, {_fail()})" if column.filled else typed


def misfit(name: str, column: Column) -> str:
    """SQL that is true for a value of text column `name` that `strict` fails on."""
    text = written(name, column)
    faults = [f"{text} IS NOT NULL AND {_value(name, column, 'TRY_CAST')} IS NULL"]
    if column.allowed:
        faults.append(f"{_among(name, column)} IS FALSE")
    if column.filled:
        faults.append(f"{text} IS NULL")
    return " OR ".join(f"({fault})" for fault in faults)


def over_precise(name: str, column: Column) -> str:
    """SQL that is true for an amount with more decimal places than the lake keeps, and so rounded there, once."""
    places = 10 if column.type == "cents" else 12
    return rf"regexp_matches(plain_number({written(name, column)}), '\.[0-9]{{{places}}}[0-9]*[1-9]')"


def written(name: str, column: Column) -> str:
    """SQL for the text of a column as all providers would write it: plain numbers, ISO dates, null for no value."""
    text = _something(name, column)
    if column.grouped:
        plain = f"regexp_replace({text}, '[$, ]', '', 'g')"
        text = f"CASE WHEN regexp_full_match({text}, {GROUPED}) THEN {plain} ELSE {text} END"
    if column.formats:
        shape = "%Y-%m-%d" if column.type == "date" else "%Y-%m-%d %H:%M:%S"
        formats = ", ".join(literal(one) for one in column.formats)
        text = f"coalesce(strftime(try_strptime({text}, [{formats}]), '{shape}'), {text})"
    if column.bare:
        text = f"CASE WHEN starts_with({text}, '{{') THEN {text} ELSE '{{' || {text} || '}}' END"
    return text


def _something(name: str, column: Column) -> str:
    text = quoted(name)
    for nothing in column.nothing:
        text = f"nullif({text}, {literal(nothing)})"
    return text


def _value(name: str, column: Column, cast: str) -> str:
    """The typed value. Most amounts and times are plain even where others may be; only the rest are rewritten first."""
    text, plain = written(name, column), _something(name, column)
    if column.grouped and column.type == "decimal":
        short = f"CASE WHEN fits_18_9({plain}) THEN CAST(TRY_CAST({plain} AS DECIMAL(18,9)) AS DECIMAL(28,12)) END"
        return f"coalesce({short}, CASE WHEN {plain} IS NOT NULL THEN {_cast(text, column.type, cast)} END)"
    if column.formats:
        return _cast(plain, column.type, cast, otherwise=_cast(text, column.type, cast))
    return _cast(text, column.type, cast)


def gathered(prefixes: Sequence[str], names: Sequence[str]) -> str:
    """SQL for the JSON object of the columns whose names begin with a prefix, without those that are null."""
    pairs = [
        f"{literal(name.removeprefix(prefix))}, {quoted(name)}"
        for prefix in prefixes
        for name in names
        if name.startswith(prefix)
    ]
    # a null in a merge patch takes the key away
    return f"CAST(json_merge_patch('{{}}', json_object({', '.join(pairs)})) AS VARCHAR)"


def quoted(name: str) -> str:
    """A column name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _among(name: str, column: Column) -> str:
    """NULL for a null. Not IN: DuckDB makes a join of a longer list, and joined rows come out in any order."""
    listed = ", ".join(literal(value) for value in column.allowed)
    return f"list_contains([{listed}], {quoted(name)})"


def _fail() -> str:
    return "error('does not fit')"


def _cast(x: str, kind: str, cast: str, otherwise: str = "") -> str:
    """`cast` is CAST, which fails, or TRY_CAST, which gives NULL. `otherwise`: the value of a date not in ISO form.

    A cent has two places more in whole units, so cents are rounded at ten places: once, where the lake's twelfth is.
    """
    number = f"plain_number({x})"
    whole = f"{cast}({number} AS DECIMAL(38,9))"
    refuse = _fail() if cast == "CAST" else "NULL"
    # Azure leaves the seconds out: 2026-09-01T00:00Z
    time = f"CASE WHEN length({x}) = 17 AND ends_with({x}, 'Z') THEN replace({x}, 'Z', ':00Z') ELSE {x} END"
    # DuckDB reads text to DECIMAL(18,9) a hundred times faster than to a wider one; most amounts are that short.
    # As much faster is BIGINT than DECIMAL for whole numbers.
    short = f"CASE WHEN fits_18_9({x}) THEN CAST({cast}({x} AS DECIMAL(18,9)) AS DECIMAL(28,12))"
    return {
        "text": x,
        "decimal": f"{short} ELSE {cast}({number} AS DECIMAL(28,12)) END",
        "cents": f"{cast}({cast}({number} AS DECIMAL(26,10)) * 0.01 AS DECIMAL(28,12))",
        "integer": f"CASE WHEN regexp_full_match({x}, '[0-9]{{1,18}}') THEN CAST(CAST({x} AS BIGINT) AS DECIMAL(18,0)) "
        f"WHEN {whole} % 1 <> 0 THEN {refuse} ELSE {cast}({whole} AS DECIMAL(18,0)) END",
        "timestamp": f"CASE WHEN {x} NOT LIKE {ISO} THEN {otherwise or refuse} "
        f"WHEN length({x}) <> 17 AND ends_with({x}, 'Z') THEN {cast}({x} AS TIMESTAMP) "
        f"ELSE timezone('UTC', {cast}({time} AS TIMESTAMPTZ)) END",
        "date": f"CASE WHEN {x} NOT LIKE {ISO} THEN {otherwise or refuse} ELSE {cast}({x} AS DATE) END",
        "epoch_seconds": f"CASE WHEN {whole} % 1 <> 0 OR abs({whole}) > 99999999999 THEN {refuse} "
        f"ELSE make_timestamp(1000000 * {cast}({whole} AS BIGINT)) END",
        "epoch_milliseconds": f"CASE WHEN {whole} % 1 <> 0 OR abs({whole}) > 99999999999999 THEN {refuse} "
        f"ELSE make_timestamp(1000 * {cast}({whole} AS BIGINT)) END",
        "boolean": f"{cast}({x} AS BOOLEAN)",
        "json": f"CASE WHEN json_valid({x}) THEN {x} ELSE CASE WHEN {x} IS NOT NULL THEN {refuse} END END",
    }[kind]
