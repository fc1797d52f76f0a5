"""Acme Labs: every export that the story does not tell, each the sample of its source, and what Acme knows of them."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ingestion import Source, sources
from ingestion.golden import sample
from pipeline.sample.story import story

# What the story tells itself.
TOLD = (
    *("openai_costs", "openai_usage_completions", "anthropic_cost_report", "anthropic_usage_messages"),
    *("focus", "invoice"),
)
SINCE = "2025-01-01"


def received() -> Iterator[tuple[Source, str]]:
    """Every source that the story does not tell, and the account it is received in.

    Raises KeyError for a source of a provider that the story gives no account.
    """
    for source in sources().values():
        if source.id not in TOLD:
            yield source, story()["labs"]["accounts"][source.id.partition("_")[0]]


def parts(source: Source) -> dict[str, bytes]:
    """The sample as delivered: files by name, or one without a name where it is a plain file."""
    files = sample(source)
    if files[0].parent == source.folder:
        return {"": files[0].read_bytes()}
    return {file.name: file.read_bytes() for file in files}


def name(source: Source) -> str:
    """How the delivery is called: by the moment it was fetched."""
    first = sample(source)[0]
    ending = "".join(first.suffixes) if first.parent == source.folder else ""
    return f"{story()['labs']['fetched']}{ending}"


def accounts() -> str:
    """The lines of tokenbooks.yml that say whose bills these are, and on which days there are any."""
    entity = story()["labs"]["entity"]
    lines = []
    for source, account in received():
        if source.dataset == "charges":
            first, after = _days(source)
            known = f"source: {source.id}, account: {account}, entity: {entity}"
            lines.append(f"  - {{{known}, valid_from: {first}, valid_to: {after}}}\n")
    return "".join(lines)


def _days(source: Source) -> tuple[date, date]:
    """The days that the sample of a source has charges for, half-open."""
    with (source.folder / "expected.csv").open(encoding="utf-8", newline="") as rows:
        days = sorted(date.fromisoformat(row["ChargePeriodStart"][:10]) for row in csv.DictReader(rows))
    return days[0], days[-1] + timedelta(days=1)


def keys() -> Iterator[list[Any]]:
    """The credentials of Acme's people in the accounts of Labs: e-mails, and logins of GitHub."""
    for person, employee in story()["labs"]["people"].items():
        named = {"email": f"{person}@acme.example", "login": f"{person}_acme"}
        for kind, value in {**named, "user_id": f"{person}@example.com"}.items():
            yield ["*", "*", kind, value, "employee", employee, "", "", SINCE, ""]
