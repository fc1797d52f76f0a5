"""The words of source.yml: what a source may say of its columns, pages, days and rules."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ColumnType = Literal[
    "text", "decimal", "cents", "integer", "timestamp", "date", "epoch_seconds", "epoch_milliseconds", "boolean", "json"
]


class Strict(BaseModel):
    """A part of source.yml: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Strict):
    """A column as the export delivers it. `required`: it must be there; `filled`: and no row may leave it null.

    `cents` is an amount in hundredths of the currency; from the view `export` on it is in whole units.
    `nothing`: texts that stand for no value, such as `-`. `grouped`: amounts may be written as `$10,000.00 `.
    `formats`: how dates and times are written where not in ISO form, such as `%m/%d/%Y`; the first that fits counts.
    `gathered`: the column is all those of a table whose names begin with its own or one of `also`, such as
    `resourceTags/`, as one JSON object of what follows in their names.
    `also`: other headers under which a table delivers it. Upper and lower case are alike in headers.
    `bare`: a JSON object may be written without its outer braces.
    """

    type: ColumnType = "text"
    required: bool = False
    filled: bool = False
    allowed: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    grouped: bool = False
    formats: tuple[str, ...] = ()
    gathered: bool = False
    also: tuple[str, ...] = ()
    bare: bool = False


class Buckets(Strict):
    """Which columns bound a bucket. `unbroken`: the provider returns empty buckets too, so a gap is an error.

    In a table each row names its bucket; one that fills nothing but the bounds, and the columns `beside` them that say
    them again, is an empty bucket and no record. A file of empty buckets may have no other columns.
    """

    start: str
    end: str
    beside: tuple[str, ...] = ()
    unbroken: bool = False


class Paging(Strict):
    """Where a page of an API's answer says that another follows (`more`, true or false) and how to ask for it (`next`).

    Both are dotted paths; an endpoint that answers at once has neither.
    """

    more: str | None = "has_more"
    next: str | None = "next_page"


class Name(Strict):
    """What a delivery's file name tells: `pattern` is searched in it and has the groups `start` and `end`, dates.

    `ends`: whether the end is the last day or the day after it. `required`: the rows tell no dates themselves.
    The days of an export are not the time of the export, which is asked of the rest of its name; for a table whose rows
    name their buckets that is all a name tells, since the buckets tell the days.
    """

    pattern: str
    ends: Literal["inclusive", "exclusive"] = "inclusive"
    required: bool = False


class Statement(Strict):
    """What several exports of one account state, each for itself: of two that state a day, the lower `rank` counts."""

    of: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    rank: int = Field(ge=1)


class Identity(Strict):
    """What tells that two records are one: logs hold a record several times, and are delivered again as they grow.

    `id` and `by` are SQL over the texts of a record. Of those of a delivery that have an id in common the `first` or
    the `last` by `by` counts; each without an id counts. In the lake the id is x_RecordId (`_record` in `export`). No
    such delivery replaces another: of an account's records of one id that of the earliest day counts, in its newest
    load.
    """

    id: str
    counts: Literal["first", "last"]
    by: str


class Check(Strict):
    """A rule about the delivered records: `holds` is SQL over `export`; false refuses the export, or warns of it."""

    rule: str
    plain: str
    cure: str
    holds: str
    severity: Literal["critical", "warning"] = "critical"


class GateRule(Strict):
    """A rule about the loaded rows: `sql` returns the rows of {batch} that break it."""

    rule: str
    plain: str
    severity: Literal["critical", "warning", "info"] = "critical"
    sql: str
