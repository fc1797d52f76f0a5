"""What happens at Acme: story.yml and people.csv as streams of dollars, each with a place, a key or user, a model."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ingestion.documents import read_yaml

HERE = Path(__file__).parent
BUCKETS_A_PAGE = 7  # the default limit of both providers' endpoints


@dataclass(frozen=True)
class Stream:
    """One use of one model by one key or user in one place (project, workspace or AWS account).

    `monthly` is whole US dollars a month; `first` and `last` (exclusive) bound it; `tokens` or `total` (dollars)
    replace `monthly` where the story fixes a sum for the whole stretch. `commitment` names what prepays it.
    """

    name: str
    provider: str
    place: str | None
    model: str
    mix: dict[str, int]
    first: date
    last: date
    monthly: int = 0
    total: int = 0
    tokens: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    user: str | None = None
    every_day: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    commitment: str | None = None


@cache
def story() -> dict[str, Any]:
    """story.yml as it stands."""
    document: dict[str, Any] = read_yaml((HERE / "story.yml").read_text(encoding="utf-8"))
    return document


@cache
def people() -> tuple[dict[str, str], ...]:
    """The rows of people.csv."""
    with (HERE / "people.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def key_id(provider: str, name: str) -> str:
    """The id a provider shows for an API key: opaque, and the same in every export."""
    prefix = {"openai": "key_", "anthropic": "apikey_01"}[provider]
    return prefix + _opaque("key", provider, name)


def user_id(provider: str, name: str) -> str:
    """The id a provider shows for a signed-in user."""
    prefix = {"openai": "user-", "anthropic": "user_01"}[provider]
    return prefix + _opaque("user", provider, name)


def span() -> tuple[date, date]:
    """First day of use and the day after the last month told, half-open."""
    last = date.fromisoformat(story()["months"][-1]["period"] + "-01")
    return story()["opened"], (last + timedelta(days=32)).replace(day=1)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` up to, not including, `last`."""
    for offset in range((last - first).days):
        yield first + timedelta(days=offset)


def pages(first: date, last: date) -> Iterator[tuple[list[date], date | None]]:
    """The days of a delivery a page at a time, each with the day the next page begins at, or None."""
    for start in range(0, (last - first).days, BUCKETS_A_PAGE):
        page = list(days(first, last))[start : start + BUCKETS_A_PAGE]
        following = page[-1] + timedelta(days=1)
        yield page, following if following < last else None


@cache
def streams() -> tuple[Stream, ...]:
    """Every stream of the story: people's tools, services, unknown keys, and the two that stand out."""
    return (*_of_people(), *_of_services(), *_standing_out())


def _of_people() -> Iterator[Stream]:
    opened, end = span()
    odd = story()["oddities"]
    for person in people():
        employee = person["employee_id"]
        first = max(opened, date.fromisoformat(person["valid_from"]))
        last = end
        if employee == odd["leaver"]["employee"]:
            last = odd["leaver"]["key_spends_until"]
        if employee == odd["joiner"]["employee"]:
            first = odd["joiner"]["key_spends_from"]
        for tool, dollars in tools_of(person):
            yield from _around_burst(employee, tool, first, last, dollars)


def tools_of(person: dict[str, str]) -> list[tuple[str, int]]:
    """The tools of a row of people.csv with their dollars a month: `claude_agent:1900 gpt_code:420`."""
    return [(tool, int(dollars)) for tool, dollars in (use.split(":") for use in person["uses"].split())]


def _around_burst(employee: str, tool: str, first: date, last: date, dollars: int) -> Iterator[Stream]:
    """A person's ordinary use, which stops while the same person's agent runs away."""
    burst = story()["oddities"]["burst"]
    if burst["employee"] != employee:
        yield _personal(employee, tool, f"{employee}-{tool}", first=first, last=last, monthly=dollars)
        return
    yield _personal(employee, tool, f"{employee}-before", first=first, last=burst["from"], monthly=dollars)
    yield _personal(employee, tool, f"{employee}-after", first=burst["to"], last=last, monthly=dollars)


def _personal(employee: str, tool: str, name: str, **rest: Any) -> Stream:
    kind = story()["tools"][tool]
    provider = kind["provider"]
    by_key = kind["by"] == "key"
    return Stream(
        name=name,
        provider=provider,
        place=kind["place"],
        model=kind["model"],
        mix=story()["mixes"][kind["mix"]],
        key=key_id(provider, employee) if by_key else None,
        user=user_id(provider, employee) if provider == "openai" or not by_key else None,
        **rest,
    )


def _of_services() -> Iterator[Stream]:
    opened, end = span()
    for told in [*story()["streams"], *story()["oddities"]["unknown_keys"]]:
        yield Stream(
            **{**told, "mix": story()["mixes"][told["mix"]]},
            first=opened,
            last=end,
            key=None if told["provider"] == "aws" else key_id(told["provider"], told["name"]),
        )


def _standing_out() -> Iterator[Stream]:
    burst, week = story()["oddities"]["burst"], story()["oddities"]["tokens_week"]
    yield _personal(
        burst["employee"],
        burst["tool"],
        "burst",
        first=burst["from"],
        last=burst["to"],
        total=burst["dollars"],
        every_day=True,
    )
    yield _personal(
        week["employee"],
        week["tool"],
        "tokens_week",
        first=week["from"],
        last=week["to"],
        tokens=week["tokens"],
        every_day=True,
    )


def _opaque(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]
