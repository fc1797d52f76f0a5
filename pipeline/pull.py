"""provider → landing: fetch the exports that company/tokenbooks.yml lists, or the one that is asked for.

Each is fetched by itself: one that fails holds up no other, and what it had fetched is kept for the next time.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from ingestion.connectors import Connector, PullRefused, connectors
from ingestion.connectors.asking import windows
from ingestion.connectors.copied import TablesPull
from ingestion.connectors.database import Database
from ingestion.connectors.paged import PagesPull
from ingestion.connectors.record import PullRecord, records_of
from ingestion.connectors.transport import Transport
from ingestion.connectors.trying import Access
from pipeline.company.company_settings import FILE, read_settings
from pipeline.company.connections import Connection
from pipeline.landed import hand_over
from pipeline.settings import Books, BooksError

Progress = Callable[[str], None]

# The way to what a provider has, and the engine that fetches it, by what is spoken there
WAYS: dict[str, tuple[Any, Any]] = {"http": (Transport, PagesPull), "postgresql": (Database, TablesPull)}


@dataclass(frozen=True)
class Pulled:
    """One delivery that was fetched. `delivery` is empty when the provider had no record for these days."""

    source: str
    account: str
    start: date | None
    end: date | None
    delivery: str
    pages: int
    records: int
    requests: int
    restarts: int
    retried: list[str]


@dataclass(frozen=True)
class PullReport:
    """What was fetched, and why the rest was not: each error names the export, the place and the cure."""

    pulled: list[Pulled] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Days:
    """The half-open days asked for; those left out are the ones whose figures may still change."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end and not self.start:
            raise BooksError("--to needs --from: name the first day too")
        if self.start and self.start >= (self.end or _today()):
            raise BooksError(f"--from {self.start} must be before --to {self.end or _today()}, the day after the last")


def pull(
    books: Books,
    source: str | None = None,
    account: str | None = None,
    days: Days | None = None,
    progress: Progress | None = None,
    **ways: Any,
) -> PullReport:
    """Fetch into landing what is configured, of `source` or `account` alone if given; both name one that need not be.

    `ways` are for `fetch`. Raises BooksError when nothing is configured that fits.
    """
    report = PullReport()
    for wanted in _wanted(books, source, account, dated=bool(days and days.start)):
        try:
            for record in fetch(books, wanted, days or Days(), progress, **ways):
                report.pulled.append(record)
        except (PullRefused, BooksError) as error:
            report.errors.append(_told(wanted, error))
    return report


def configured(books: Books) -> list[Connection]:
    """The connectors of company/tokenbooks.yml. Raises BooksError when that file is wrong."""
    settings, findings = read_settings(books.company)
    if findings:
        raise BooksError("\n".join(str(finding) for finding in findings))
    return settings.connectors


def fetch(
    books: Books,
    wanted: Connection,
    days: Days,
    progress: Progress | None = None,
    key: SecretStr | None = None,
    environment: Mapping[str, str] = os.environ,
    **patience: Any,
) -> Iterator[Pulled]:
    """Fetch one export, delivery by delivery, each given when it lies in landing.

    `key` comes from an Airflow connection; else it is in the environment. `patience` are the way's `sleep` and
    `timeout`. Raises PullRefused, or its kind Unavailable when it may work later.
    """
    connector = connector_of(wanted.source)
    missing = [f"{name}: {what}" for name, what in connector.needs.items() if name not in wanted.parameters]
    if missing:
        raise PullRefused(f"needs in company/{FILE}, under parameters of this connector, {'; '.join(missing)}")
    asked = _window(books, connector, wanted, days)
    variable = wanted.key or connector.api.key_variable
    key_from = f"the password of the Airflow connection {wanted.connection}" if key else variable
    key = key or _key(connector, variable, environment)
    way, engine = WAYS[connector.api.speaks]
    access = Access(connector.api, _base_url(connector, wanted, environment), key, key_from)
    with way(access, **patience) as transport:
        for window in windows(connector, *asked) if asked else [None]:
            landing, evidence = books.landing, books.evidence / "pulls"
            one = engine(connector, wanted.account, window, wanted.parameters, transport, landing, evidence)
            one.progress = progress or one.progress
            record = one.run()
            hand_over(books)
            yield _pulled(record)


def connector_of(source: str) -> Connector:
    """The connector of a source. Raises BooksError listing those there are."""
    known = connectors()
    if source not in known:
        raise BooksError(f"{source}: cannot be fetched; these can: {', '.join(known)}; deliver others yourself")
    return known[source]


def _wanted(books: Books, source: str | None, account: str | None, dated: bool) -> list[Connection]:
    """What fits. Of all that is configured, days are asked of what knows days."""
    fits = [one for one in configured(books) if source in (None, one.source) and account in (None, one.account)]
    if dated and not source:
        known = connectors()
        fits = [one for one in fits if one.source not in known or known[one.source].reread is not None]
    if fits:
        return fits
    if source and account:
        connector_of(source)
        if not re.fullmatch(r"[^./\\][^/\\]*", account):
            raise BooksError(f"--account {account}: is a folder's name below landing/{source}/")
        return [Connection(source=source, account=account)]
    if source:
        connector_of(source)
        raise BooksError(f"company/{FILE} lists no connector of {source}; name one with --account")
    raise BooksError(
        f"company/{FILE} lists no connector{f' of {account}' if account else ''}; add it under connectors:, such as "
        "{source: openai_costs, account: acme-openai}, or name SOURCE and --account"
    )


def _window(books: Books, connector: Connector, wanted: Connection, days: Days) -> tuple[date, date] | None:
    """The days to ask for: those named, or from where figures were still open when they were last fetched."""
    if connector.reread is None:
        if days.start:
            raise PullRefused("lists what there is now, for no days: leave out --from and --to")
        return None
    today = _today()
    oldest = today - timedelta(days=connector.keeps) if connector.keeps else date.min
    if days.start:
        if days.start < oldest:
            raise PullRefused(f"has {oldest} and later, not {days.start}: name a later --from, or deliver older days")
        return days.start, days.end or today
    ends = [one.end for one in records_of(books.evidence / "pulls", wanted.source, wanted.account) if one.end]
    known_to = min([today, max(ends)]) if ends else today
    back = wanted.days_back or connector.reread
    if back == "month":
        return (known_to - timedelta(days=1)).replace(day=1), today
    return max(oldest, known_to - timedelta(days=back)), today


def _key(connector: Connector, variable: str, environment: Mapping[str, str]) -> SecretStr:
    found = environment.get(variable, "").strip()
    if not found:
        raise PullRefused(f"{variable} is not set; it must hold {connector.api.key}")
    return SecretStr(found)


def _base_url(connector: Connector, wanted: Connection, environment: Mapping[str, str]) -> str:
    api = connector.api
    found = environment.get(api.url_variable) or wanted.base_url or api.base_url
    if not found:
        cure = f"give base_url to this connector in company/{FILE}, or set {api.url_variable}"
        raise PullRefused(f"{api.title}: has no address; {cure}")
    return found


def _pulled(record: PullRecord) -> Pulled:
    about = (record.source, record.account, record.start, record.end, record.delivery)
    records = sum(page.records for page in record.pages)
    return Pulled(*about, len(record.pages), records, record.requests, record.restarts, record.retried)


def _told(wanted: Connection, error: Exception) -> str:
    name = f"{wanted.source} of {wanted.account}"
    return str(error) if str(error).startswith(name) else f"{name}: {error}"


def _today() -> date:
    return datetime.now(UTC).date()
