"""What the providers invoice: the sum of a month's costs as stated last, by project or workspace."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.sample import anthropic, openai
from pipeline.sample.story import story
from pipeline.sample.usage import metered, restated

COLUMNS = (
    "invoice_id,invoice_issuer,issue_date,due_date,billing_period_start,billing_period_end,"
    "line_no,description,charge_category,amount,currency"
)
CENT = Decimal("0.01")


def written() -> Iterator[tuple[str, str, bytes]]:
    """(account, name of the file, bytes) of every invoice of the story."""
    for told in story()["invoices"]:
        places = _places(told["provider"], told["from"], told["to"])
        total = sum(places.values(), Decimal(0)).quantize(CENT, ROUND_HALF_UP)
        lines = _lines(places, total)
        head = [told["id"], told["issuer"], told["issued"], told["due"], told["from"], told["to"]]
        rows = [[*head, number, *line, "USD"] for number, line in enumerate(lines, start=1)]
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([COLUMNS.split(","), *rows])
        yield (
            story()["accounts"][told["provider"]],
            f"{told['issued']}T0800Z-{told['id']}.csv",
            text.getvalue().encode(),
        )


def _lines(places: dict[str, Decimal], total: Decimal) -> Iterator[list[Any]]:
    """A line for each project or workspace, in cents; what rounding them leaves is in the last one."""
    rest = total
    for number, (place, amount) in enumerate(sorted(places.items()), start=1):
        cents = amount.quantize(CENT, ROUND_HALF_UP) if number < len(places) else rest
        rest -= cents
        yield [f"API usage, {place}", "Usage", f"{cents:f}"]


def _places(provider: str, first: date, last: date) -> dict[str, Decimal]:
    """Dollars by project or workspace of the days from `first` up to `last`, each day as stated last."""
    stated: dict[date, dict[str, Decimal]] = {}
    uses = [use for use in metered(provider) if first <= use.day < last]
    stated |= _days(provider, uses, first, last)
    for start, end, _, again in restated(provider):
        stated |= {day: told for day, told in _days(provider, again, start, end).items() if first <= day < last}
    places: dict[str, Decimal] = defaultdict(Decimal)
    for told in stated.values():
        for place, amount in told.items():
            places[place] += amount
    return places


def _days(provider: str, uses: Iterable[Any], first: date, last: date) -> dict[date, dict[str, Decimal]]:
    """The provider's cost pages as (day, place): dollars."""
    found: dict[date, dict[str, Decimal]] = {}
    for page in {"openai": openai, "anthropic": anthropic}[provider].costs(uses, first, last):
        for bucket in json.loads(page, parse_float=Decimal)["data"]:
            told = found.setdefault(_day(bucket), defaultdict(Decimal))
            for result in bucket["results"]:
                place, amount = _cost(result)
                told[place] += amount
    return found


def _day(bucket: dict[str, Any]) -> date:
    if "start_time" in bucket:
        return datetime.fromtimestamp(bucket["start_time"], UTC).date()
    return date.fromisoformat(bucket["starting_at"][:10])


def _cost(result: dict[str, Any]) -> tuple[str, Decimal]:
    """Place and dollars of one result: OpenAI states dollars, Anthropic cents."""
    if "project_id" in result:
        return result["project_id"] or "default", Decimal(result["amount"]["value"])
    return result["workspace_id"] or "default", Decimal(result["amount"]) / 100
