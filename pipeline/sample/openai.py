"""OpenAI's two exports as its API pages them: costs (dollars, JSON numbers) and usage of completions (nested)."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipeline.sample.story import pages
from pipeline.sample.usage import Use, dollars, price

LINES = {"uncached_input": "input", "cache_read": "cached input", "output": "output"}
_NUMBER = re.compile(r'"number:([-0-9.]+)"')  # how an exact amount passes through json as an unquoted number


def costs(uses: Iterable[Use], first: date, last: date) -> list[bytes]:
    """Pages of `GET /v1/organization/costs` grouped by project_id, line_item and api_key_id, one bucket a day."""
    lines: dict[tuple, int] = defaultdict(int)
    for use in uses:
        key = use.stream.key
        for kind, count in use.tokens.items():
            lines[(use.day, use.stream.place, use.stream.model, kind, key)] += count
    buckets: dict[date, list[dict]] = defaultdict(list)
    for (day, project, model, kind, key), count in sorted(lines.items(), key=lambda item: tuple(map(str, item[0]))):
        amount = dollars(count * price("openai", model, kind))
        buckets[day].append(_cost(project, f"{model}, {LINES[kind]}", key, amount, count))
    return _pages(buckets, first, last)


def usage(uses: Iterable[Use], first: date, last: date) -> list[bytes]:
    """Pages of `GET /v1/organization/usage/completions`, grouped by all six dimensions, one bucket a day."""
    buckets: dict[date, list[dict]] = defaultdict(list)
    for use in uses:
        buckets[use.day].append(_completions(use))
    return _pages(buckets, first, last)


def _cost(project: str | None, line_item: str, key: str | None, amount: Decimal, count: int) -> dict[str, Any]:
    return {
        "object": "organization.costs.result",
        "amount": {"value": f"number:{_as_summed_in_floats(amount, count)}", "currency": "usd"},
        "line_item": line_item,
        "project_id": project,
        "api_key_id": key,
        "quantity": count,
        "quantity_unit": "tokens",
    }


def _as_summed_in_floats(amount: Decimal, count: int) -> str:
    """The amount as a plain number; some carry the noise in the 17th digit that the provider's floats leave."""
    plain = format(amount.normalize(), "f")
    if count % 5 or not Decimal(1) <= amount < Decimal(1000):
        return plain
    places = 17 - len(plain.split(".")[0])
    return format(amount.quantize(Decimal(1).scaleb(-places)) + Decimal(2).scaleb(-places), "f")


def _completions(use: Use) -> dict[str, Any]:
    """One result: `input_tokens` holds the cached ones too, as OpenAI counts."""
    uncached, cached, output = (use.tokens.get(kind, 0) for kind in LINES)
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": uncached + cached,
        "output_tokens": output,
        "num_model_requests": 1 + (uncached + cached) // 9000,
        "input_cached_tokens": cached,
        "input_cache_write_tokens": 0,
        "input_uncached_tokens": uncached,
        "input_text_tokens": uncached,
        "input_cached_text_tokens": cached,
        "input_audio_tokens": 0,
        "input_cached_audio_tokens": 0,
        "output_text_tokens": output,
        "output_audio_tokens": 0,
        "project_id": use.stream.place,
        "user_id": use.stream.user,
        "api_key_id": use.stream.key,
        "model": use.stream.model,
        "batch": False,
        "service_tier": "default",
    }


def _pages(buckets: dict[date, list[dict]], first: date, last: date) -> list[bytes]:
    """The envelope of every page; days without use are empty buckets."""
    return [_page(buckets, page, following) for page, following in pages(first, last)]


def _page(buckets: dict[date, list[dict]], page: list[date], following: date | None) -> bytes:
    document = {
        "object": "page",
        "data": list(_envelopes(buckets, page)),
        "has_more": following is not None,
        "next_page": f"page_{_seconds(following)}" if following else None,
    }
    return _NUMBER.sub(r"\1", json.dumps(document, indent=1)).encode() + b"\n"


def _envelopes(buckets: dict[date, list[dict]], page: list[date]) -> Iterator[dict[str, Any]]:
    for day in page:
        yield {
            "object": "bucket",
            "start_time": _seconds(day),
            "end_time": _seconds(day + timedelta(days=1)),
            "results": buckets.get(day, []),
        }


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
