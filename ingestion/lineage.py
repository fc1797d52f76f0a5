"""What each column of a SELECT over one table is made of, as DuckDB's own planner has it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

# Both would use that the table is empty while the plan is made: no value is null there, and no row passes a filter.
NOT_YET = "SET disabled_optimizers = 'statistics_propagation,filter_pushdown'"


class NotRowByRow(Exception):
    """A SELECT that gives other rows than one for each row of its table, as it comes; the message says by what step."""


@dataclass(frozen=True)
class Made:
    """A column: of which columns of the table it is made, and whether it is one of them as it stands."""

    of: frozenset[str]
    as_it_is: bool


def lineage(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, Made]:
    """Each column that `query` gives and what it is made of. Its one table must be a table of `con`, and may be empty.

    Raises NotRowByRow where rows are more, fewer, or in another order than those of the table, or DuckDB cannot tell,
    and DuckDB's own errors for a query that is none.
    """
    names = [name for name, *_ in con.execute(f"DESCRIBE {query}").fetchall()]
    con.execute(NOT_YET)
    (answer,) = con.execute("SELECT json_serialize_plan(?, optimize := true)", [query]).fetchall()[0]
    con.execute("RESET disabled_optimizers")
    told = json.loads(answer)
    if told["error"]:
        raise NotRowByRow(told["error_message"])
    (plan,) = told["plans"]
    return dict(zip(names, _made(plan), strict=True))


def _made(step: dict[str, Any]) -> list[Made]:
    if step["type"] == "LOGICAL_GET":
        read = [step["names"][column["index"]] for column in step["column_indexes"]]
        return [Made(frozenset([read[place]]), as_it_is=True) for place in step["projection_ids"] or range(len(read))]
    if step["type"] != "LOGICAL_PROJECTION":
        raise NotRowByRow(step["type"].removeprefix("LOGICAL_"))
    below = _made(step["children"][0])
    return [_of(expression, below) for expression in step["expressions"]]


def _of(expression: dict[str, Any], below: Sequence[Made]) -> Made:
    if expression["expression_class"] == "BOUND_REF":
        return below[expression["index"]]
    used = (below[place].of for place in _references(expression))
    return Made(frozenset().union(*used), as_it_is=False)


def _references(part: Any) -> Iterator[int]:
    if isinstance(part, list):
        for one in part:
            yield from _references(one)
    elif isinstance(part, dict):
        if part.get("expression_class") == "BOUND_REF":
            yield part["index"]
        for one in part.values():
            yield from _references(one)
