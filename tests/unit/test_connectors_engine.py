"""The engine against a real server on loopback: every fault that a provider's API is known for, and what is kept."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from ingestion.connectors import PullRefused, Unavailable, connectors
from ingestion.connectors.paged import PagesPull
from ingestion.connectors.record import PullRecord
from ingestion.connectors.transport import Transport
from ingestion.connectors.trying import TRIES, Access
from tests.provider_endpoints import anthropic, cursor, openai, openrouter
from tests.provider_fixture import KEY, Fault, Provider, Request

FROM, TO = date(2026, 9, 1), date(2026, 9, 11)
BUCKETS = "openai_costs"
PATH = "/v1/organization/costs"
CONNECTORS = connectors()


class Bench:
    """A connector, a server and folders; sleeps are counted, not slept."""

    def __init__(self, provider: Provider, folder: Path) -> None:
        self.provider, self.folder = provider, folder
        self.slept: list[float] = []
        self.timeout = httpx.Timeout(5)

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    def pull(
        self, source: str = BUCKETS, window: Any = (FROM, TO), limit: int | None = 3, **changed: Any
    ) -> PullRecord:
        """PagesPull with a small `limit`, so that ten days are four pages."""
        connector = CONNECTORS[source]
        query = connector.query | ({"limit": limit} if limit else {})
        connector = connector.model_copy(update={"query": query, **changed})
        api, key = connector.api.model_copy(update={"per_minute": 100_000}), SecretStr(KEY)
        variable = api.key_variable
        with Transport(Access(api, self.provider.url, key, variable), self.slept.append, self.timeout) as transport:
            return PagesPull(connector, "acme", window, {}, transport, self.landing, self.folder / "evidence").run()

    def pages(self, source: str = BUCKETS) -> dict[str, bytes]:
        """What landing shows, by path below the account."""
        room = self.landing / source / "acme"
        found = sorted(path for path in room.rglob("*") if path.is_file())
        return {path.relative_to(room).as_posix(): path.read_bytes() for path in found}

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with openai().serving() as provider:
        yield Bench(provider, tmp_path)


def days_of(pages: dict[str, bytes]) -> list[date]:
    """The days of the buckets, in the order of the pages."""
    buckets = [bucket for page in pages.values() for bucket in json.loads(page)["data"]]
    return [datetime.fromtimestamp(bucket["start_time"], UTC).date() for bucket in buckets]


ALL_DAYS = [FROM + timedelta(days=n) for n in range(10)]


def test_every_page_lands_as_it_came_in_one_delivery_with_a_record_of_each_request(bench: Bench) -> None:
    record = bench.pull()
    pages = bench.pages()
    assert [name.split("/")[1] for name in pages] == [f"page-000{n}.json" for n in (1, 2, 3, 4)]
    assert {name.split("/")[0] for name in pages} == {record.delivery}
    assert re.fullmatch(r"2026-09-01_2026-09-11_20\d\d-\d\d-\d\dT\d{6}Z", record.delivery)
    assert days_of(pages) == ALL_DAYS
    kept = PullRecord.read(bench.folder / "evidence" / BUCKETS / "acme" / f"{record.delivery}.json")
    assert kept == record
    assert [(page.sha256, page.bytes) for page in kept.pages] == [
        (sha256(content).hexdigest(), len(content)) for content in pages.values()
    ]
    assert [page.request_id for page in kept.pages] == ["req_0001", "req_0002", "req_0003", "req_0004"]
    assert kept.pages[0].query["start_time"] == 1788220800
    assert (kept.requests, kept.complete, kept.retried) == (4, True, [])
    assert not list((bench.landing / ".pulls").rglob("page-*"))


def test_limit_counts_buckets_and_what_is_asked_for_is_what_the_provider_got(bench: Bench) -> None:
    bench.pull(limit=None)
    (request,) = bench.provider.requests
    assert request.query["group_by"] == ["project_id", "line_item", "api_key_id"]
    assert request.query["limit"] == ["180"]
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [({"retry-after": "7"}, 7, 7), ({"Retry-After": "0.5"}, 1, 1), ({}, 1, 2), ({"retry-after": "soon"}, 1, 2)],
)
def test_too_many_requests_are_asked_again_when_the_provider_says(
    bench: Bench, headers: dict[str, str], least: float, most: float
) -> None:
    bench.provider.faults = [Fault(429, headers, '{"error": {"message": "slow down"}}', after=1)]
    record = bench.pull()
    assert days_of(bench.pages()) == ALL_DAYS
    assert len(bench.slept) == 1
    assert least <= bench.slept[0] <= most
    assert record.requests == 5
    assert record.retried == ["answers 429, 'slow down'"]


def test_a_date_to_come_back_at_is_waited_for(bench: Bench) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    bench.provider.faults = [Fault(429, {"retry-after": then})]
    bench.pull()
    assert 85 <= bench.slept[0] <= 91


def test_who_asks_for_an_hour_is_asked_by_the_next_run(bench: Bench) -> None:
    bench.provider.faults = [Fault(429, {"retry-after": "3600"}, after=2)]
    with pytest.raises(Unavailable, match="3600 s"):
        bench.pull()
    assert bench.slept == []
    assert bench.pages() == {}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(503, {}, "<html>busy</html>"),
        Fault(529),
        Fault(200, {}, '{"data": [', None),
        Fault(200, {}, '{"object": "page", "data": []}' * 9, cut=20),
        Fault(200, delay=0.6),
    ],
    ids=["500", "503", "529", "broken JSON", "cut off", "too slow"],
)
def test_two_faults_that_pass_cost_two_tries(bench: Bench, fault: Fault) -> None:
    bench.timeout = httpx.Timeout(0.3)
    second = Fault(fault.status, fault.headers, fault.body, fault.cut, fault.delay, after=1)
    bench.provider.faults = [fault, second]
    record = bench.pull()
    assert days_of(bench.pages()) == ALL_DAYS
    assert record.requests == 6
    assert len(record.retried) == 2
    assert bench.slept == sorted(bench.slept)  # ever longer


def test_what_does_not_pass_is_told_and_what_came_before_is_kept(bench: Bench) -> None:
    bench.provider.faults = [Fault(500, body='{"error": {"message": "boom"}}', after=2)] * TRIES
    with pytest.raises(Unavailable, match="answers 500, 'boom'"):
        bench.pull()
    assert bench.pages() == {}  # landing sees no half
    assert bench.provider.faults == []
    asked = len(bench.provider.requests)
    record = bench.pull()
    assert len(bench.provider.requests) == asked + 2  # pages 1 and 2 were there
    assert days_of(bench.pages()) == ALL_DAYS
    assert record.requests == asked + 2
    assert len({page.sha256 for page in record.pages}) == 4


def test_other_days_do_not_go_on_from_what_was_fetched(bench: Bench) -> None:
    bench.provider.faults = [Fault(500, after=2)] * TRIES
    with pytest.raises(Unavailable):
        bench.pull()
    bench.pull(window=(FROM, FROM + timedelta(days=9)))
    assert days_of(bench.pages()) == ALL_DAYS[:9]


def test_a_pull_older_than_a_day_begins_anew(bench: Bench) -> None:
    bench.provider.faults = [Fault(500, after=2)] * TRIES
    with pytest.raises(Unavailable):
        bench.pull()
    (state,) = bench.landing.glob(".pulls/*/*/*/pull.json")
    record = PullRecord.read(state)
    record.began_at -= timedelta(days=1, minutes=1)
    record.write(state)
    asked = len(bench.provider.requests)
    bench.pull()
    assert len(bench.provider.requests) == asked + 4


def test_pages_that_went_away_are_fetched_again(bench: Bench) -> None:
    bench.provider.faults = [Fault(500, after=2)] * TRIES
    with pytest.raises(Unavailable):
        bench.pull()
    next(bench.landing.rglob("page-0001.json")).write_bytes(b"{}")
    bench.pull()
    assert days_of(bench.pages()) == ALL_DAYS


def test_a_kill_before_the_delivery_was_shown_costs_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingestion.connectors.workroom import Workroom

    with monkeypatch.context() as patched:
        patched.setattr(Workroom, "_show", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bench.pull()
    assert bench.pages() == {}
    asked = len(bench.provider.requests)
    bench.pull(window=(TO, TO + timedelta(days=1)))
    assert len(bench.provider.requests) == asked + 1
    assert sorted(set(days_of(bench.pages()))) == [*ALL_DAYS, TO]
    assert len(list((bench.folder / "evidence").rglob("*.json"))) == 2


def test_an_expired_cursor_begins_again_with_page_one(bench: Bench) -> None:
    bench.provider.faults = [Fault(410, body='{"error": {"message": "cursor expired"}}', after=2)]
    record = bench.pull()
    assert days_of(bench.pages()) == ALL_DAYS
    assert (record.restarts, record.requests) == (1, 7)
    assert "cursor expired" in record.retried[0]


def test_a_cursor_that_always_expires_is_told(bench: Bench) -> None:
    bench.provider.faults = [Fault(410, after=1 + 2 * n) for n in range(4)]
    with pytest.raises(PullRefused, match="begun anew 3 times"):
        bench.pull()
    assert bench.pages() == {}


def test_a_repeating_cursor_is_refused(bench: Bench) -> None:
    honest = bench.provider.endpoints[PATH]
    bench.provider.endpoints[PATH] = lambda request: {**honest(request), "has_more": True, "next_page": "page_MQ=="}
    with pytest.raises(PullRefused, match="read already"):
        bench.pull()
    assert bench.pages() == {}
    assert len(bench.provider.requests) == 2


def test_more_without_a_token_and_silence_about_more_are_refused(bench: Bench) -> None:
    honest = bench.provider.endpoints[PATH]
    bench.provider.endpoints[PATH] = lambda request: {**honest(request), "has_more": True, "next_page": None}
    with pytest.raises(PullRefused, match="no next_page"):
        bench.pull()
    bench.provider.endpoints[PATH] = lambda request: {"data": honest(request)["data"]}
    with pytest.raises(PullRefused, match="has_more"):
        bench.pull()


COST_REPORT = "anthropic_cost_report"
COST_PATH = "/v1/organizations/cost_report"


@pytest.fixture
def anthropic_bench(tmp_path: Path) -> Iterator[Bench]:
    with anthropic().serving() as provider:
        yield Bench(provider, tmp_path)


@pytest.mark.parametrize("left_out", [FROM, FROM + timedelta(days=4), TO - timedelta(days=1)])
def test_a_bucket_left_out_is_refused_where_none_may_be(anthropic_bench: Bench, left_out: date) -> None:
    """Inside the days that were asked for, and at either end."""
    bench = anthropic_bench
    honest = bench.provider.endpoints[COST_PATH]

    def lossy(request: Any) -> Any:
        page = honest(request)
        return {**page, "data": [one for one in page["data"] if not one["starting_at"].startswith(str(left_out))]}

    bench.provider.endpoints[COST_PATH] = lossy
    with pytest.raises(PullRefused, match=r"lacks the buckets|not all of"):
        bench.pull(COST_REPORT)
    assert bench.pages(COST_REPORT) == {}
    bench.provider.endpoints[COST_PATH] = honest
    assert len(bench.pull(COST_REPORT).pages) == 4
    assert len(bench.pages(COST_REPORT)) == 4


def test_today_need_not_be_whole(anthropic_bench: Bench) -> None:
    """Buckets of days to come are not missed."""
    today = datetime.now(UTC).date()
    honest = anthropic_bench.provider.endpoints[COST_PATH]

    def until_today(request: Any) -> Any:
        page = honest(request)
        return {**page, "data": [one for one in page["data"] if one["starting_at"][:10] <= str(today)]}

    anthropic_bench.provider.endpoints[COST_PATH] = until_today
    window = (today - timedelta(days=1), today + timedelta(days=2))
    assert anthropic_bench.pull(COST_REPORT, window, limit=7).delivery


def test_the_wrong_key_is_told_with_the_variable_to_set(bench: Bench) -> None:
    bench.provider.allowed = lambda _: False
    with pytest.raises(
        PullRefused, match=r"refuses the key \(401.*Set TOKENBOOKS_OPENAI_KEY to an admin key"
    ) as refusal:
        bench.pull()
    assert not isinstance(refusal.value, Unavailable)
    assert len(bench.provider.requests) == 1
    assert KEY not in str(refusal.value)  # the server repeats it
    assert "***" in str(refusal.value)


def test_a_wrong_question_is_told_at_once(bench: Bench) -> None:
    with pytest.raises(PullRefused, match="answers 400, 'limit must be at most 180'"):
        bench.pull(limit=181)
    assert len(bench.provider.requests) == 1


def test_no_redirect_is_followed_with_the_key(bench: Bench) -> None:
    with openai().serving() as elsewhere:
        bench.provider.faults = [Fault(302, {"location": f"{elsewhere.url}/v1/organization/costs"})]
        with pytest.raises(PullRefused, match="sends us on to 127"):
            bench.pull()
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "url", ["http://api.example.com", "ftp://localhost", "api.openai.com", "https://me@localhost", ""]
)
def test_the_key_goes_over_https_or_stays_on_this_machine(url: str) -> None:
    with pytest.raises(PullRefused):
        Transport(Access(CONNECTORS[BUCKETS].api, url, SecretStr(KEY), "X"))


def test_the_key_is_in_no_file_no_error_and_no_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Also where the server says it, as OpenAI does when it is wrong."""
    caplog.set_level(0)
    said = json.dumps({"error": {"message": f"wrong: {KEY}"}})
    bench.provider.faults = [Fault(500, body=said, after=1), Fault(429, {}, said, after=2)]
    told = [repr(bench.pull())]
    for status in (400, 401, 403, 404, 410, 500):
        bench.provider.faults = [Fault(status, body=said)] * TRIES
        with pytest.raises(PullRefused) as refusal:
            bench.pull(window=(FROM, FROM + timedelta(days=1)))
        told += [str(refusal.value), repr(refusal.getrepr(showlocals=False, style="long"))]
    files = bench.files()
    assert len(files) > 5
    assert not [name for name, content in files.items() if KEY.encode() in content]
    assert not [text for text in [*told, caplog.text] if KEY in text]
    assert len(caplog.records) > 5  # httpx tells every request


def test_an_id_of_a_request_that_is_the_key_is_not_kept(bench: Bench) -> None:
    page = {"object": "page", "data": [], "has_more": False, "next_page": None}
    bucket = {"object": "bucket", "start_time": 1788220800, "end_time": 1788307200, "results": []}
    bench.provider.faults = [Fault(200, {"x-request-id": f"for {KEY}"}, json.dumps(page | {"data": [bucket]}))]
    assert str(bench.pull().pages[0].request_id).startswith("for ***")
    assert not [name for name, content in bench.files().items() if KEY.encode() in content]


def test_an_answer_that_is_no_export_is_refused(bench: Bench) -> None:
    bench.provider.faults = [Fault(200, {}, '{"error": {"message": "maintenance"}}', None)]
    with pytest.raises(PullRefused, match="has_more"):
        bench.pull()
    bench.provider.faults = [Fault(200, {}, "[1, 2]", None)]
    with pytest.raises(PullRefused, match="does not answer with an object"):
        bench.pull()
    assert bench.pages() == {}


def test_two_at_once_do_not_mix_their_pages(bench: Bench) -> None:
    honest = bench.provider.endpoints[PATH]

    def meanwhile(request: Any) -> Any:
        bench.provider.endpoints[PATH] = honest
        with pytest.raises(PullRefused, match="another process"):
            bench.pull()
        return honest(request)

    bench.provider.endpoints[PATH] = meanwhile
    bench.pull()
    assert days_of(bench.pages()) == ALL_DAYS


def test_the_pace_of_a_provider_is_kept(bench: Bench) -> None:
    connector = CONNECTORS[BUCKETS]
    api = connector.api.model_copy(update={"per_minute": 20})
    connector = connector.model_copy(update={"query": connector.query | {"limit": 3}})
    with Transport(Access(api, bench.provider.url, SecretStr(KEY), "X"), bench.slept.append) as transport:
        PagesPull(connector, "acme", (FROM, TO), {}, transport, bench.landing, bench.folder / "evidence").run()
    assert len(bench.slept) == 3
    assert all(2.5 < pause <= 3 for pause in bench.slept)


EVENTS, EVENTS_PATH = "cursor_usage_events", "/teams/filtered-usage-events"


@pytest.fixture
def cursor_bench(tmp_path: Path) -> Iterator[Bench]:
    with cursor().serving() as provider:
        yield Bench(provider, tmp_path)


def test_numbered_pages_are_asked_for_by_number_in_the_body(cursor_bench: Bench) -> None:
    record = cursor_bench.pull(EVENTS, limit=None)
    asked = [request.body for request in cursor_bench.provider.requests]
    assert len(asked) > 2
    assert [body["page"] for body in asked] == list(range(1, len(asked) + 1))
    assert {(body["startDate"], body["endDate"]) for body in asked} == {(1788220800000, 1789084799999)}
    assert [page.body for page in record.pages] == asked
    assert len(cursor_bench.pages(EVENTS)) == len(asked)


def test_a_list_that_grew_while_it_was_read_is_read_again(cursor_bench: Bench) -> None:
    """An event more moves the others: one of them would be there twice and none would say so."""
    bench = cursor_bench
    honest = bench.provider.endpoints[EVENTS_PATH]

    def grown(request: Any) -> Any:
        page = honest(request)
        return {**page, "totalUsageEventsCount": page["totalUsageEventsCount"] + (len(bench.provider.requests) > 1)}

    bench.provider.endpoints[EVENTS_PATH] = grown
    with pytest.raises(PullRefused, match="begun anew 3 times"):  # it never comes to rest
        bench.pull(EVENTS, limit=None)
    bench.provider.endpoints[EVENTS_PATH] = lambda request: (
        grown(request) if len(bench.provider.requests) < 5 else honest(request)
    )
    bench.provider.requests.clear()
    record = bench.pull(EVENTS, limit=None)
    assert record.restarts > 0
    assert "were announced" in record.retried[0]
    assert sum(page.records for page in record.pages) == honest(bench.provider.requests[-1])["totalUsageEventsCount"]


def test_an_endpoint_that_ignores_the_number_is_refused(cursor_bench: Bench) -> None:
    honest = cursor_bench.provider.endpoints[EVENTS_PATH]
    first = {}

    def stuck(request: Any) -> Any:
        first.setdefault("page", honest(request))
        more = len(cursor_bench.provider.requests) < 3
        return {**first["page"], "pagination": {"hasNextPage": True}} if more else honest(request)

    cursor_bench.provider.endpoints[EVENTS_PATH] = stuck
    with pytest.raises(PullRefused, match=r"page-0002.json is page-0001.json again"):
        cursor_bench.pull(EVENTS, limit=None)


@pytest.fixture
def openrouter_bench(tmp_path: Path) -> Iterator[Bench]:
    with openrouter().serving() as provider:
        yield Bench(provider, tmp_path)


OFFSETS = "openrouter_keys"


def test_offsets_count_what_came_and_end_with_an_empty_page(openrouter_bench: Bench) -> None:
    """Also past a busy minute, a server error and an answer cut short."""
    bench = openrouter_bench
    bench.provider.faults = [
        Fault(429, {"retry-after": "7"}),
        Fault(502, after=1),
        Fault(body='{"data": [', cut=5, after=3),
    ]
    record = bench.pull(OFFSETS, None, limit=None)
    counts = [page.records for page in record.pages]
    assert counts == [2, 1, 0]
    assert [page.query["offset"] for page in record.pages] == [0, 2, 3]
    assert (len(record.retried), bench.slept[0]) == (3, 7)
    keys = [key for page in bench.pages(OFFSETS).values() for key in json.loads(page)["data"]]
    assert len({key["hash"] for key in keys}) == len(keys) == 3


def test_an_endpoint_that_ignores_the_offset_is_refused_at_once(openrouter_bench: Bench) -> None:
    bench = openrouter_bench
    page = bench.provider.endpoints["/api/v1/keys"](Request("GET", "", {}, {}, {}))
    bench.provider.endpoints["/api/v1/keys"] = lambda _: page
    with pytest.raises(PullRefused, match=r"page-0002.json is page-0001.json again"):
        bench.pull(OFFSETS, None, limit=None)
    assert (len(page["data"]), len(bench.provider.requests)) == (2, 2)
    bench.provider.endpoints["/api/v1/keys"] = lambda _: {"keys": []}
    with pytest.raises(PullRefused, match="has no list data"):
        bench.pull("openrouter_keys", None, limit=None, query={})


def test_keys_are_asked_of_every_project_and_a_broken_pull_goes_on_at_the_project(bench: Bench) -> None:
    """Also of one without keys, and of a second page of projects."""
    bench.provider.faults = [Fault(500, after=3)] * TRIES  # two pages of projects, one of keys
    with pytest.raises(Unavailable):
        bench.pull("openai_api_keys", None, limit=None)
    asked = len(bench.provider.requests)
    record = bench.pull("openai_api_keys", None, limit=None)
    projects = [page.series for page in record.pages]
    assert (len(record.lists), len(set(projects))) == (2, 3)
    assert len(bench.provider.requests) - asked == 2 + len(record.pages) - 1
    assert [page.path.split("/")[4] for page in record.pages] == projects
    assert any(page.records == 0 for page in record.pages)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d{6}Z", record.delivery)
    assert len(bench.pages("openai_api_keys")) == len(projects)


def test_an_id_in_a_path_leads_nowhere_else() -> None:
    from ingestion.connectors.asking import call

    asked = call(CONNECTORS["openai_api_keys"], None, {"project": "../../users?limit=1#"})
    assert asked.path == "/v1/organization/projects/%2F%2Fusers%3Flimit%3D1%23/api_keys"
