"""The providers' APIs on loopback, answering with the records of the sources' samples for whatever days are asked."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion import sources
from ingestion.golden import sample
from tests.litellm_fixture import Proxy
from tests.provider_fixture import Provider, Refusal, Request, after_id, basic, bearer, tokens, x_api_key

DAY = timedelta(days=1)
SOURCES = sources()


def records_of(source: str, name: str = "data") -> list[dict[str, Any]]:
    """The records, or buckets, of a source's sample; none of a source that does not exist yet."""
    files = sample(SOURCES[source]) if source in SOURCES else []
    return [record for file in files for record in json.loads(file.read_bytes())[name]]


def days_of(start: datetime, end: datetime) -> list[datetime]:
    """The days from the first to before the last."""
    return [start + n * DAY for n in range((end - start).days)]


def openai() -> Provider:
    """OpenAI: costs and usage in Unix seconds, by tokens; lists, by the last id; keys by project."""
    provider = Provider(bearer)
    provider.endpoints["/v1/organization/costs"] = _openai_buckets("openai_costs", 180)
    for source in sorted(SOURCES):
        if source.startswith("openai_usage_"):
            path = f"/v1/organization/usage/{source.removeprefix('openai_usage_')}"
            provider.endpoints[path] = _openai_buckets(source, 31)
    for name in ("users", "projects"):
        records = records_of(f"openai_{name}")
        provider.endpoints[f"/v1/organization/{name}"] = _listed(records, "after", {"object": "list"})
    for number, project in enumerate(records_of("openai_projects")):
        keys = records_of("openai_api_keys")[number::2] if number < 2 else []  # a third project has none
        path = f"/v1/organization/projects/{project['id']}/api_keys"
        provider.endpoints[path] = _listed(keys, "after", {"object": "list"})
    return provider


def _listed(records: list[dict[str, Any]], send: str, around: dict[str, str]) -> Callable[[Request], Any]:
    """At most two a page, however many are asked for: so there is a second page."""

    def answer(request: Request) -> Any:
        return {**around, **after_id(records, request, send, 2)}

    return answer


def _openai_buckets(source: str, most: int) -> Callable[[Request], Any]:
    results = [bucket["results"] for bucket in records_of(source)]

    def answer(request: Request) -> Any:
        start, end = (datetime.fromtimestamp(int(request.one(name)), UTC) for name in ("start_time", "end_time"))
        buckets = [
            {
                "object": "bucket",
                "start_time": int(day.timestamp()),
                "end_time": int((day + DAY).timestamp()),
                "results": results[n % len(results)],
            }
            for n, day in enumerate(days_of(start, end))
        ]
        page, token = tokens(buckets, request, 7, most)
        return {"object": "page", "data": page, "has_more": token is not None, "next_page": token}

    return answer


def anthropic() -> Provider:
    """Anthropic's Console: RFC 3339, tokens, empty buckets too; Claude Code a day a request; lists by the last id."""
    provider = Provider(x_api_key)
    provider.endpoints["/v1/organizations/cost_report"] = _anthropic_buckets("anthropic_cost_report")
    provider.endpoints["/v1/organizations/usage_report/messages"] = _anthropic_buckets("anthropic_usage_messages")
    provider.endpoints["/v1/organizations/usage_report/claude_code"] = _claude_code
    for name in ("users", "api_keys", "workspaces"):
        provider.endpoints[f"/v1/organizations/{name}"] = _listed(records_of(f"anthropic_{name}"), "after_id", {})
    return provider


def anthropic_enterprise() -> Provider:
    """Claude Enterprise: as the Console, and rows per user; no more than 31 days at once."""
    provider = Provider(x_api_key)
    for name in ("cost", "usage"):
        around = {"data_refreshed_at": "2026-11-22T00:00:00Z", "organization_id": "org_acme"}
        at = "/v1/organizations/analytics"
        provider.endpoints[f"{at}/{name}_report"] = _anthropic_buckets(f"anthropic_enterprise_{name}", around)
        provider.endpoints[f"{at}/user_{name}_report"] = _rows_per_user(f"anthropic_enterprise_user_{name}", around)
    return provider


def _anthropic_days(request: Request) -> Iterator[tuple[str, str]]:
    if not request.query.get("group_by[]") or request.one("bucket_width") != "1d":
        raise Refusal(400, "the sample is grouped, by day")
    start, end = (datetime.fromisoformat(request.one(name)) for name in ("starting_at", "ending_at"))
    if "/analytics/" in request.path and (end - start).days > 31:
        raise Refusal(400, "at most 31 days")
    return ((f"{day:%Y-%m-%dT%H:%M:%SZ}", f"{day + DAY:%Y-%m-%dT%H:%M:%SZ}") for day in days_of(start, end))


def _anthropic_buckets(source: str, around: dict[str, str] | None = None) -> Callable[[Request], Any]:
    results = [bucket["results"] for bucket in records_of(source)]

    def answer(request: Request) -> Any:
        buckets = [
            {"starting_at": start, "ending_at": end, "results": results[n % len(results)]}
            for n, (start, end) in enumerate(_anthropic_days(request))
        ]
        page, token = tokens(buckets, request, 7, 31)
        return {"data": page, "has_more": token is not None, "next_page": token, **(around or {})}

    return answer


def _rows_per_user(source: str, around: dict[str, str]) -> Callable[[Request], Any]:
    records = records_of(source)

    def answer(request: Request) -> Any:
        days = list(_anthropic_days(request))
        rows = [
            {**record, "starting_at": days[n % len(days)][0], "ending_at": days[n % len(days)][1]}
            for n, record in enumerate(records)
        ]
        page, token = tokens(rows, request, 20, 1000)
        return {"data": page, "has_more": token is not None, "next_page": token, **around}

    return answer


def _claude_code(request: Request) -> Any:
    """One day of it; on a Sunday nobody worked."""
    day = datetime.strptime(request.one("starting_at"), "%Y-%m-%d").replace(tzinfo=UTC)
    found = records_of("anthropic_claude_code") if day.weekday() < 6 else []
    page, token = tokens([{**one, "date": f"{day:%Y-%m-%dT%H:%M:%SZ}"} for one in found], request, 20, 1000)
    return {"data": page, "has_more": token is not None, "next_page": token}


def github() -> Provider:
    """GitHub's billing: a day a request, no pages."""
    provider = Provider(bearer)
    items = records_of("github_copilot_rest_usage", "usageItems")

    def answer(request: Request) -> Any:
        if request.headers.get("x-github-api-version") != "2026-03-10":
            raise Refusal(400, "which version?")
        period = {name: int(request.one(name)) for name in ("year", "month", "day")}
        return {"timePeriod": period, "organization": "acme", "usageItems": items if period["day"] % 2 else []}

    provider.endpoints["/organizations/acme/settings/billing/ai_credit/usage"] = answer
    return provider


def cursor() -> Provider:
    """Cursor: POST, numbered pages, the key as the user's name; at most 30 days at once."""
    provider = Provider(basic)
    provider.endpoints["/teams/filtered-usage-events"] = _cursor_events
    provider.endpoints["/teams/spend"] = _cursor_spend
    provider.endpoints["/teams/members"] = lambda _: {"teamMembers": records_of("cursor_members", "teamMembers")}
    return provider


def _cursor_events(request: Request) -> Any:
    start, end = request.body["startDate"], request.body["endDate"]
    if end - start >= 30 * 86_400_000:
        raise Refusal(400, "at most 30 days")
    events = records_of("cursor_usage_events", "usageEvents")
    found = [{**event, "timestamp": str(start + n * 1000)} for n, event in enumerate(events) if start + n * 1000 <= end]
    number, size = request.body["page"], min(request.body["pageSize"], 3)
    pages = -(-len(found) // size)
    told = {"numPages": pages, "currentPage": number, "pageSize": size, "hasNextPage": number < pages}
    return {
        "totalUsageEventsCount": len(found),
        "pagination": {**told, "hasPreviousPage": number > 1},
        "usageEvents": found[(number - 1) * size : number * size],
        "period": {"startDate": start, "endDate": end},
    }


def _cursor_spend(request: Request) -> Any:
    members, number = records_of("cursor_team_spend", "teamMemberSpend"), request.body["page"]
    return {
        "teamMemberSpend": members[(number - 1) * 2 : number * 2],
        "subscriptionCycleStart": 1788220800000,
        "totalMembers": len(members),
        "totalPages": -(-len(members) // 2),
    }


def openrouter() -> Provider:
    """OpenRouter: a completed day a request, of the last 30; keys by offset, two a page, then an empty one."""
    provider = Provider(bearer)
    keys = records_of("openrouter_keys")

    def listed(request: Request) -> Any:
        start = int(request.one("offset", "0"))
        return {"data": keys[start : start + 2]}

    provider.endpoints["/api/v1/activity"] = _openrouter_activity
    provider.endpoints["/api/v1/keys"] = listed
    return provider


def _openrouter_activity(request: Request) -> Any:
    """On a Sunday nobody worked."""
    day = datetime.strptime(request.one("date"), "%Y-%m-%d").replace(tzinfo=UTC)
    if not DAY <= datetime.now(UTC) - day < 31 * DAY or request.one("group_by") != "workspace":
        raise Refusal(400, "Date must be within the last 30 (completed) UTC days")
    found = records_of("openrouter_activity") if day.weekday() < 6 else []
    return {"data": [{**record, "date": f"{day:%Y-%m-%d}"} for record in found]}


# What only a company knows.
PARAMETERS = {"owner": "organizations/acme"}
PROVIDERS: dict[str, Callable[[], Provider | Proxy]] = {
    "anthropic": anthropic,
    "anthropic_enterprise": anthropic_enterprise,
    "cursor": cursor,
    "github": github,
    "litellm": Proxy,
    "openai": openai,
    "openrouter": openrouter,
}
