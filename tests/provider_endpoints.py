"""The providers' APIs on loopback, answering with the records of the sources' samples for whatever days are asked."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion import sources
from ingestion.golden import sample
from tests.provider_fixture import Provider, Refusal, Request, bearer, tokens, x_api_key

DAY = timedelta(days=1)


SOURCES = sources()


def pages_of(source: str) -> list[dict[str, Any]]:
    """The pages of a source's sample."""
    return [json.loads(path.read_bytes()) for path in sample(SOURCES[source])]


def openai() -> Provider:
    """OpenAI's costs and usage: Unix seconds, tokens, `limit` counts buckets."""
    provider = Provider(bearer)
    provider.endpoints["/v1/organization/costs"] = _openai_buckets("openai_costs", 180)
    for source in sorted(SOURCES):
        if source.startswith("openai_usage_"):
            path = f"/v1/organization/usage/{source.removeprefix('openai_usage_')}"
            provider.endpoints[path] = _openai_buckets(source, 31)
    return provider


def _openai_buckets(source: str, most: int) -> Callable[[Request], Any]:
    results = [bucket["results"] for page in pages_of(source) for bucket in page["data"]]

    def answer(request: Request) -> Any:
        start, end = (datetime.fromtimestamp(int(request.one(name)), UTC) for name in ("start_time", "end_time"))
        days = [start + n * DAY for n in range((end - start).days)]
        buckets = [
            {
                "object": "bucket",
                "start_time": int(day.timestamp()),
                "end_time": int((day + DAY).timestamp()),
                "results": results[n % len(results)],
            }
            for n, day in enumerate(days)
        ]
        page, token = tokens(buckets, request, 7, most)
        return {"object": "page", "data": page, "has_more": token is not None, "next_page": token}

    return answer


def anthropic() -> Provider:
    """Anthropic's Console: RFC 3339, tokens, empty buckets too; a request without group_by[] says less."""
    provider = Provider(x_api_key)
    for source, path in {
        "anthropic_cost_report": "/v1/organizations/cost_report",
        "anthropic_usage_messages": "/v1/organizations/usage_report/messages",
    }.items():
        provider.endpoints[path] = _anthropic_buckets(source)
    return provider


def _anthropic_buckets(source: str) -> Callable[[Request], Any]:
    results = [bucket["results"] for page in pages_of(source) for bucket in page["data"]]

    def answer(request: Request) -> Any:
        if not request.query.get("group_by[]"):
            raise Refusal(400, "the sample is grouped")
        start, end = (datetime.fromisoformat(request.one(name)) for name in ("starting_at", "ending_at"))
        days = [start + n * DAY for n in range((end - start).days)]
        buckets = [
            {
                "starting_at": f"{day:%Y-%m-%dT%H:%M:%SZ}",
                "ending_at": f"{day + DAY:%Y-%m-%dT%H:%M:%SZ}",
                "results": results[n % len(results)],
            }
            for n, day in enumerate(days)
        ]
        page, token = tokens(buckets, request, 7, 31)
        return {"data": page, "has_more": token is not None, "next_page": token}

    return answer


# What only a company knows.
PARAMETERS = {"owner": "organizations/acme"}
PROVIDERS: dict[str, Callable[[], Provider]] = {"anthropic": anthropic, "openai": openai}
