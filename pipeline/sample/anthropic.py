"""Anthropic's two exports as its API pages them: cost_report (cents as text) and usage of messages (disjoint)."""

import json
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.sample.story import pages, story
from pipeline.sample.usage import Use, dollars, price

TOKEN_TYPES = {
    "uncached_input": ("uncached_input_tokens", "Input Tokens"),
    "cache_read": ("cache_read_input_tokens", "Input Tokens, Cache Read"),
    "cache_write_5m": ("cache_creation.ephemeral_5m_input_tokens", "Input Tokens, Cache Write 5m"),
    "cache_write_1h": ("cache_creation.ephemeral_1h_input_tokens", "Input Tokens, Cache Write 1h"),
    "output": ("output_tokens", "Output Tokens"),
}
NAMES = {
    "claude-opus-4-8": "Claude Opus 4.8",
    "claude-sonnet-5": "Claude Sonnet 5",
    "claude-haiku-4-5-20251001": "Claude Haiku 4.5",
}


def costs(uses: Iterable[Use], first: date, last: date) -> list[bytes]:
    """Pages of `GET /v1/organizations/cost_report` grouped by workspace_id and description: no key, no user."""
    lines: dict[tuple, int] = defaultdict(int)
    for use in uses:
        for kind, count in use.tokens.items():
            lines[(use.day, use.stream.place, use.stream.model, kind)] += count
    buckets: dict[date, list[dict]] = defaultdict(list)
    for (day, workspace, model, kind), count in sorted(lines.items(), key=lambda item: tuple(map(str, item[0]))):
        buckets[day].append(_tokens_line(workspace, model, kind, count))
    for day in list(buckets):
        buckets[day].extend(_other_lines(day))
    return _pages(buckets, first, last)


def usage(uses: Iterable[Use], first: date, last: date) -> list[bytes]:
    """Pages of `GET /v1/organizations/usage_report/messages`, grouped by all that names whose tokens they are."""
    buckets: dict[date, list[dict]] = defaultdict(list)
    for use in uses:
        buckets[use.day].append(_messages(use))
    searches = story()["oddities"]["web_searches"]
    for results in buckets.values():
        for result in results:
            if result["workspace_id"] == searches["place"]:
                result["server_tool_use"]["web_search_requests"] = searches["per_day"]
                break
    return _pages(buckets, first, last)


def _tokens_line(workspace: str | None, model: str, kind: str, count: int) -> dict[str, Any]:
    token_type, words = TOKEN_TYPES[kind]
    return {
        "currency": "USD",
        "amount": _cents(dollars(count * price("anthropic", model, kind)) * 100),
        "workspace_id": workspace,
        "description": f"{NAMES[model]} Usage - {words}",
        "cost_type": "tokens",
        "context_window": "0-200k",
        "model": model,
        "service_tier": "standard",
        "token_type": token_type,
        "inference_geo": "global",
    }


def _other_lines(day: date) -> list[dict[str, Any]]:
    """What is billed beside tokens: web searches on working days, code execution once a week."""
    odd = story()["oddities"]
    search, code = odd["web_searches"], odd["code_execution"]
    lines = []
    if day.weekday() < 5:
        cents = Decimal(search["per_day"] * search["cents_each"])
        lines.append(_untyped(search["place"], "web_search", "Web Search Usage", cents))
    if day.weekday() == code["weekday"]:
        lines.append(_untyped(code["place"], "code_execution", "Code Execution Usage", Decimal(code["cents"])))
    return lines


def _untyped(workspace: str | None, cost_type: str, description: str, cents: Decimal) -> dict[str, Any]:
    nothing = dict.fromkeys(("context_window", "model", "service_tier", "token_type", "inference_geo"))
    return {
        "currency": "USD",
        "amount": _cents(cents),
        "workspace_id": workspace,
        "description": description,
        "cost_type": cost_type,
        **nothing,
    }


def _cents(cents: Decimal) -> str:
    """Cents as the API writes them: a decimal string with at least two places."""
    plain = cents.normalize()
    return format(plain if plain.as_tuple().exponent < -2 else cents.quantize(Decimal("0.01")), "f")  # type: ignore[operator]


def _messages(use: Use) -> dict[str, Any]:
    tokens = use.tokens
    return {
        "uncached_input_tokens": tokens.get("uncached_input", 0),
        "cache_creation": {
            "ephemeral_1h_input_tokens": tokens.get("cache_write_1h", 0),
            "ephemeral_5m_input_tokens": tokens.get("cache_write_5m", 0),
        },
        "cache_read_input_tokens": tokens.get("cache_read", 0),
        "output_tokens": tokens.get("output", 0),
        "server_tool_use": {"web_search_requests": 0},
        "account_id": use.stream.user,
        "service_account_id": None,
        "api_key_id": use.stream.key,
        "workspace_id": use.stream.place,
        "model": use.stream.model,
        "service_tier": "standard",
        "context_window": "0-200k",
        "inference_geo": "global",
    }


def _pages(buckets: dict[date, list[dict]], first: date, last: date) -> list[bytes]:
    """The envelope of every page; days without use have `results: []`."""
    return [_page(buckets, page, following) for page, following in pages(first, last)]


def _page(buckets: dict[date, list[dict]], page: list[date], following: date | None) -> bytes:
    document = {
        "data": [
            {
                "starting_at": f"{day}T00:00:00Z",
                "ending_at": f"{day + timedelta(days=1)}T00:00:00Z",
                "results": buckets.get(day, []),
            }
            for day in page
        ],
        "has_more": following is not None,
        "next_page": f"page_{urlsafe_b64encode(str(following).encode()).decode()}" if following else None,
    }
    return json.dumps(document, indent=1).encode() + b"\n"
