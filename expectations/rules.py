"""The words the gates are written in: a rule says what must hold, which GX expectation judges it, and who breaks it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from expectations.lasting import lasting
from expectations.verdict import CRITICAL

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite


@dataclass(frozen=True)
class Rule:
    """One rule of a gate.

    `expectation` is a class of great_expectations.expectations. `offending` is SQL for the rows that break the rule,
    `{batch}` standing for the rows judged (a literal brace is doubled). A rule with `applies`, a condition, is skipped
    when no row meets it. `shows` names a column whose values may appear in a report: never a personal one.
    """

    name: str
    plain: str
    expectation: str
    arguments: Mapping[str, Any]
    offending: str | None
    severity: str = CRITICAL
    columns: tuple[str, ...] = ()
    applies: str | None = None
    shows: str | None = None


@dataclass(frozen=True)
class Words:
    """What every rule may say besides its condition: severity, applicability, and the column to show."""

    severity: str = CRITICAL
    applies: str | None = None
    shows: str | None = None


BLOCK = Words()


def some_rows(what: str) -> Rule:
    """There is at least one row: a gate never passes on nothing."""
    return Rule(
        "has_rows", f"There is at least one {what}.", "ExpectTableRowCountToBeBetween", {"min_value": 1}, offending=None
    )


def stated(columns: Iterable[str]) -> list[Rule]:
    """Every row states each of the columns."""
    return [
        Rule(
            f"{column}_stated",
            f"Every row states {column}.",
            "ExpectColumnValuesToNotBeNull",
            {"column": column},
            f'select * from {{batch}} where "{column}" is null',
            columns=(column,),
        )
        for column in columns
    ]


def one_of(column: str, values: Sequence[str], plain: str, severity: str = CRITICAL) -> Rule:
    """The column holds one of the values, or nothing."""
    among = ", ".join(literal(value) for value in values)
    return Rule(
        f"{column}_known",
        plain,
        "ExpectColumnValuesToBeInSet",
        {"column": column, "value_set": list(values)},
        f'select * from {{batch}} where "{column}" not in ({among})',
        severity,
        (column,),
        shows=column,
    )


def dated_within(column: str, start: str, end: str) -> Rule:
    """The column lies in the half-open window of ISO dates [start, end)."""
    first, after = (datetime.combine(date.fromisoformat(day), datetime.min.time()) for day in (start, end))
    return Rule(
        f"{column}_in_window",
        f"Every {column} lies in the window of the load, from {start} up to but not including {end}.",
        "ExpectColumnValuesToBeBetween",
        {"column": column, "min_value": first, "max_value": after, "strict_max": True},
        f"select * from {{batch}} where \"{column}\" < timestamp '{first}' or \"{column}\" >= timestamp '{after}'",
        columns=(column,),
        shows=column,
    )


def later(column: str, other: str, plain: str, severity: str = CRITICAL) -> Rule:
    """The column is later than the other, wherever both are stated."""
    return Rule(
        f"{column}_after_{other}",
        plain,
        "ExpectColumnPairValuesAToBeGreaterThanB",
        {"column_A": column, "column_B": other, "ignore_row_if": "either_value_is_missing"},
        f'select * from {{batch}} where "{column}" <= "{other}"',
        severity,
        (column, other),
    )


def never(name: str, plain: str, condition: str, columns: tuple[str, ...], words: Words = BLOCK) -> Rule:
    """No row meets the condition."""
    named = ", ".join(f'"{column}"' for column in columns)
    rule = none_of(name, plain, f"select {named} from {{batch}} where {condition}", columns, words)
    return Rule(**{**vars(rule), "offending": f"select * from {{batch}} where {condition}"})


def none_of(name: str, plain: str, sql: str, columns: tuple[str, ...], words: Words = BLOCK) -> Rule:
    """The query, which selects what breaks the rule, returns nothing."""
    arguments = {"unexpected_rows_query": sql}
    return Rule(name, plain, "UnexpectedRowsExpectation", arguments, sql, columns=columns, **asdict(words))


def literal(text: str) -> str:
    """A string as SQL, safe inside a query that GX formats."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


@dataclass
class Rules:
    """The rules of a gate with those that cannot be judged here: `(rule, plain words, reason)`."""

    name: str
    rules: list[Rule] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)

    def suite(self) -> "ExpectationSuite":
        """The rules as a Great Expectations suite, each known there by its number: GX copies `meta` a lot."""
        from great_expectations import ExpectationSuite

        expectations = [
            lasting(rule.expectation)(**rule.arguments, severity=rule.severity, meta={"number": number})
            for number, rule in enumerate(self.rules)
        ]
        return ExpectationSuite(name=self.name, expectations=expectations)
