"""What can be fetched, found by listing: each `connector.yml` beside a source says what returns its export.

Texts in paths, queries and bodies may hold `{start_epoch}` and the other names of `ingestion/connectors/asking.py`.
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingestion.documents import read_yaml
from ingestion.registry import Source, SourceError, sources

APIS = Path(__file__).parent / "apis"
FILE = "connector.yml"


class Strict(BaseModel):
    """A part of a declaration: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Api(Strict):
    """An API, or a database, that several connectors ask. `key` says which key it wants and where a person makes one.

    Over HTTP the key is sent in `headers`, as `{key}`, or as the user name of HTTP Basic (`basic`); to PostgreSQL it is
    the password. `base_url` is missing where every company has its own. `request_id` is the header of an answer that
    names the request at the provider.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    speaks: Literal["http", "postgresql"] = "http"
    base_url: str | None = None
    key: str
    headers: dict[str, str] = {}
    basic: bool = False
    request_id: str = "x-request-id"
    per_minute: int = Field(default=60, ge=1)

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key."""
        return f"TOKENBOOKS_{self.id.upper()}_KEY"

    @property
    def url_variable(self) -> str:
        """The environment variable that replaces `base_url`, for a proxy of the company's own."""
        return f"TOKENBOOKS_{self.id.upper()}_URL"


class Paging(Strict):
    """How the next page is asked for: by `send`ing the `token` of this one, or, without a token, the next number.

    `more` is true or false, `pages` how many there are, `total` how many records they hold together: dotted paths.
    `offset` is the path of the records where pages are asked for by how many came before; an empty one is the last.
    """

    send: str
    token: str | None = None
    more: str | None = None
    pages: str | None = None
    total: str | None = None
    offset: str | None = None

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        if self.offset is not None:
            if self.token or self.more or self.pages or self.total:
                raise ValueError("offsets end with an empty page; token, more, pages and total are for other paging")
            return self
        if self.token is None and (self.more is None) == (self.pages is None):
            raise ValueError("page numbers end where `more` says so, or after as many as `pages` says: give one")
        if self.token is not None and (self.more is None or self.pages or self.total):
            raise ValueError("tokens end where `more` says so; `pages` and `total` are for page numbers")
        return self


class Over(Strict):
    """A list that is read first: the request is made once for each of its `records`, with `{name}` being their `id`."""

    path: str
    query: dict[str, Any] = {}
    paging: Paging | None = None
    records: str = "data"
    id: str = "id"
    name: str


class Connector(Strict):
    """What returns a source's export. `longest`: how many days a delivery may span; more become more deliveries.

    `reread`: for how many days figures may still change, so that they are asked for again, `month` asks from the first
    of the month; without it what is asked states what there is now. `keeps`: how many completed days it still has.
    `needs`: what only the company knows.
    """

    source: Source
    api: Api
    longest: int = Field(default=366, ge=1)
    reread: int | Literal["month"] | None = None
    keeps: int | None = Field(default=None, ge=1)
    needs: dict[str, str] = {}

    @model_validator(mode="after")
    def _knows_days_or_none(self) -> Self:
        if (self.source.window == "snapshot" and self.reread) or (self.source.window == "buckets" and not self.reread):
            raise ValueError("reread says how many days are asked for again; a snapshot has none, buckets always")
        if self.keeps and not self.reread:
            raise ValueError("keeps says how many days there are: it is for requests of days, which have reread")
        return self


class Requests(Connector):
    """The request to an API over HTTP, and how its pages go on.

    `each_day`: one request a day, together one delivery. `file`: how the pages' names begin, for a source that reads
    its days from them.
    """

    method: Literal["GET", "POST"] = "GET"
    path: str
    query: dict[str, Any] = {}
    body: dict[str, Any] = {}
    paging: Paging | None = None
    over: Over | None = None
    each_day: bool = False
    file: str = "page"

    @model_validator(mode="after")
    def _agrees_with_its_source(self) -> Self:
        if self.source.format != "json_pages":
            raise ValueError(f"an API answers in JSON pages, but the source's format is {self.source.format}")
        if self.reread is None and (self.each_day or "{start" in str([self.query, self.body])):
            raise ValueError("reread says how many days are asked for again: this request is for days")
        if self.method == "GET" and self.body:
            raise ValueError("a body is what POST sends, and nothing else does")
        return self


class Tables(Connector):
    """Tables of a database, by the name of the file that each becomes. Of their columns come those the source knows.

    `day`: the column whose date or time tells the day of a row, in UTC. `order`: the columns that rows are sorted by.
    `members`: what of a column of JSON objects comes, where others may hold what is nobody's business here.
    """

    tables: dict[str, str] = Field(min_length=1)
    members: dict[str, list[str]] = {}
    day: str | None = None
    order: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _agrees_with_its_source(self) -> Self:
        if self.source.format not in ("csv", "tabular"):
            raise ValueError(f"tables come as CSV, but the source's format is {self.source.format}")
        if (self.reread is None) != (self.day is None):
            raise ValueError("day is the column that tells the days which reread asks for: give both, or none")
        if unknown := {*self.order, *self.members, *([self.day] if self.day else [])} - set(self.source.columns):
            raise ValueError(f"the source knows no column {', '.join(sorted(unknown))}")
        return self


KINDS: dict[str, type[Connector]] = {"http": Requests, "postgresql": Tables}


def connectors(root: Path | None = None, apis: Path = APIS) -> dict[str, Connector]:
    """Every connector of the sources under `root` (the product's own when None), by source.

    Raises SourceError naming the file.
    """
    known = {path.stem: _validated(Api, path, {"id": path.stem}) for path in sorted(apis.glob("*.yml"))}
    found = {}
    for source in sources(root).values():
        path = source.folder / FILE
        if path.is_file():
            api = known.get(_declared(path).get("api", ""))
            if api is None:
                raise SourceError(f"{path}: api must be one of {', '.join(sorted(known))}")
            found[source.id] = _validated(KINDS[api.speaks], path, {"source": source, "api": api})
    return found


def _declared(path: Path) -> dict[str, Any]:
    declared: Any = read_yaml(path.read_text())
    if not isinstance(declared, dict):
        raise SourceError(f"{path}: must be a mapping of keys, see ingestion/connectors/declaration.py")
    return declared


def _validated(model: Any, path: Path, derived: dict[str, Any]) -> Any:
    declared = _declared(path)
    try:
        return model.model_validate(declared | derived)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'all'}: {e['msg']}" for e in error.errors())
        raise SourceError(f"{path}: {faults}") from None
