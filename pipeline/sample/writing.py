"""Writing the sample: the company at once, the exports one by one and each whole, as a delivery would appear."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipeline.sample import anthropic, aws_focus, aws_rows, company, invoices, labs, openai
from pipeline.sample.story import story
from pipeline.sample.usage import metered, restated

Pages = Callable[..., list[bytes]]
PAGED: dict[str, tuple[str, Pages]] = {
    "openai_costs": ("openai", openai.costs),
    "openai_usage_completions": ("openai", openai.usage),
    "anthropic_cost_report": ("anthropic", anthropic.costs),
    "anthropic_usage_messages": ("anthropic", anthropic.usage),
}


@dataclass(frozen=True)
class SampleDelivery:
    """One export: its folder below landing, its name, and its parts; one part without a name is a plain file."""

    source: str
    account: str
    name: str
    parts: dict[str, bytes]


def write_sample(home: Path) -> None:
    """Write the sample company into the books directory `home`, and its exports into landing.

    What is already there with the same name stays as it is.
    """
    write_company(home)
    deliver_sample(home)


def write_company(home: Path, whole: bool = True) -> None:
    """Write `company/` of the sample, leaving a file that exists. The pseudonym key is readable by its owner only.

    Only the `whole` sample knows of Acme Labs.
    """
    from pipeline.company import put_company_file

    for name, content in company.company_files(whole):
        put_company_file(home / "company" / name, content)


def deliver_sample(home: Path, pause: float = 0, whole: bool = True) -> list[Path]:
    """Put every export of the sample into `home`/landing, in the order of fetching, `pause` seconds apart; those of
    Acme Labs only if it is the `whole` sample.

    Each appears whole: it is written beside landing and moved in. Returns what was delivered; what is there
    already stays.
    """
    delivered: list[Path] = []
    for delivery in sorted([*deliveries(), *(of_labs() if whole else ())], key=lambda one: (one.name, one.source)):
        target = home / "landing" / delivery.source / delivery.account / delivery.name
        if target.exists():
            continue
        if delivered and pause:
            time.sleep(pause)
        _move_in(home, delivery, target)
        delivered.append(target)
    return delivered


def deliveries() -> Iterator[SampleDelivery]:
    """Every export of the story: each month of each source, days that a provider states again, and invoices."""
    accounts = story()["accounts"]
    for month in story()["months"]:
        first = date.fromisoformat(month["period"] + "-01")
        last = (first + timedelta(days=32)).replace(day=1)
        for source, (provider, pages) in PAGED.items():
            uses = [use for use in metered(provider) if first <= use.day < last]
            yield SampleDelivery(source, accounts[provider], month["fetched"], _numbered(pages(uses, first, last)))
        ending, content = aws_focus.written(month["period"], aws_rows.rows(first, last))
        yield SampleDelivery("focus", accounts["aws"], f"{month['fetched']}-{ending}", {"": content})
    for source, (provider, pages) in PAGED.items():
        for first, last, fetched, again in restated(provider):
            parts = _numbered(pages(again, first, last))
            yield SampleDelivery(source, accounts[provider], f"{fetched}-restated", parts)
    for account, name, content in invoices.written():
        yield SampleDelivery("invoice", account, name, {"": content})


def of_labs() -> Iterator[SampleDelivery]:
    """Every export that the story does not tell."""
    for source, account in labs.received():
        yield SampleDelivery(source.id, account, labs.name(source), labs.parts(source))


def _numbered(pages: list[bytes]) -> dict[str, bytes]:
    return {f"page-{number:04d}.json": page for number, page in enumerate(pages, start=1)}


def _move_in(home: Path, delivery: SampleDelivery, target: Path) -> None:
    waiting = home / ".delivering"  # beside landing, so that the move is one step; what a killed run left goes first
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir(parents=True)
    for part, content in delivery.parts.items():
        (waiting / (part or target.name)).write_bytes(content)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(waiting / target.name if "" in delivery.parts else waiting, target)
    shutil.rmtree(waiting, ignore_errors=True)
