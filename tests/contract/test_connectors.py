"""Every connector, found by listing: what it fetches from an API on loopback is what its source's loader takes in."""

import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ingestion import SourceError
from ingestion.connectors import PullRefused, connectors, declaration
from ingestion.connectors.asking import call, days, windows
from pipeline.company.connections import Connection
from pipeline.pull import Days, Pulled, fetch
from tests.provider_endpoints import PARAMETERS, PROVIDERS
from tests.provider_fixture import KEY

CONNECTORS = connectors()
REQUESTS = {source: one for source, one in CONNECTORS.items() if isinstance(one, declaration.Requests)}
TABLES = {source: one for source, one in CONNECTORS.items() if isinstance(one, declaration.Tables)}
FROM, TO = date(2026, 9, 1), date(2026, 9, 5)


def pulled(desk: Any, source: str, days: Days | None = None, **ways: Any) -> tuple[list[Pulled], list[Any]]:
    """What a pull from the source's API on loopback gave, and the requests that the API saw."""
    connector = CONNECTORS[source]
    with PROVIDERS[connector.api.id]().serving() as provider:
        parameters = {name: PARAMETERS[name] for name in connector.needs}
        wanted = Connection(source=source, account="acme", base_url=provider.url, parameters=parameters)
        asked = days or (Days() if connector.reread is None or connector.keeps else Days(FROM, TO))
        ways = {"sleep": lambda _: None, "key": SecretStr(KEY), "environment": {}} | ways
        return list(fetch(desk.books, wanted, asked, **ways)), getattr(provider, "requests", [])


def test_the_connectors_are_there() -> None:
    four = {"anthropic_cost_report", "anthropic_usage_messages", "openai_costs", "openai_usage_completions"}
    assert four <= set(CONNECTORS)
    apis = {path.stem for path in declaration.APIS.glob("*.yml")}
    assert {connector.api.id for connector in CONNECTORS.values()} <= apis == set(PROVIDERS)


@pytest.mark.parametrize("source", sorted(CONNECTORS))
def test_what_is_fetched_loads(source: str, desk: Any) -> None:
    deliveries, requests = pulled(desk, source)
    assert deliveries
    assert requests or source in TABLES
    assert all(one.requests for one in deliveries)
    assert all(one.delivery and one.pages and one.records for one in deliveries)
    report = desk.load()
    assert report.errors == []
    assert {load.state for load in report.deliveries} == {"loaded"}
    assert sum(load.rows for load in report.new) > 0
    files = [path for path in desk.books.home.rglob("*") if path.is_file()]
    assert len(list((desk.books.evidence / "pulls").rglob("*.json"))) == len(deliveries)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize("source", sorted(TABLES))
def test_the_tables_are_those_that_the_source_tells_to_people(source: str) -> None:
    connector = TABLES[source]
    assert [table for table in connector.tables.values() if f'"{table}"' not in connector.source.how] == []


@pytest.mark.parametrize("source", sorted(REQUESTS))
def test_the_request_is_the_one_that_the_source_tells_to_people(source: str) -> None:
    """`how` names the path and what is grouped by."""
    connector, how = REQUESTS[source], " ".join(REQUESTS[source].source.how.split())
    path = re.sub(r"\{\w+\}", "", connector.path)
    told = re.sub(r"\{\w+\}", "", how)
    assert max(path.split("//"), key=len).strip("/") in told, f"{source}: how does not name {connector.path}"
    missing = [name for key, names in connector.query.items() if key.startswith("group_by") for name in names]
    assert not [name for name in missing if name not in how]


@pytest.mark.parametrize("source", sorted(name for name in CONNECTORS if CONNECTORS[name].reread is not None))
def test_a_long_window_becomes_several_requests(source: str) -> None:
    connector = CONNECTORS[source]
    longest = connector.longest
    split = list(windows(connector, FROM, FROM + timedelta(days=longest + 1)))
    assert [(end - start).days for start, end in split] == [longest, 1]
    assert split[0][1] == split[1][0]
    if source in TABLES:
        return
    connector = REQUESTS[source]
    asked = days(connector, split[1])
    given = {**PARAMETERS, **({connector.over.name: "x"} if connector.over else {})}
    assert [call(connector, window, given) for window in asked]


def test_a_delivery_too_long_for_one_request_lands_as_two(desk: Any) -> None:
    source = "anthropic_cost_report"
    assert CONNECTORS[source].longest == 366
    deliveries, _ = pulled(desk, source, Days(date(2025, 1, 1), date(2026, 1, 5)))
    assert [(one.start, one.end) for one in deliveries] == [
        (date(2025, 1, 1), date(2026, 1, 2)),
        (date(2026, 1, 2), date(2026, 1, 5)),
    ]
    assert len({one.delivery for one in deliveries}) == 2


def test_days_without_use_are_stated_where_the_pages_names_tell_them(desk: Any) -> None:
    """Nobody used Claude Code on Sunday: that is known then, and no day is missing."""
    sunday = date(2026, 9, 6)
    (delivery,), requests = pulled(desk, "anthropic_claude_code", Days(sunday, sunday + timedelta(days=1)))
    assert (delivery.records, len(requests)) == (0, 1)
    report = desk.load()
    assert (report.errors, [load.rows for load in report.new]) == ([], [0])
    (delivery,), requests = pulled(desk, "anthropic_claude_code", Days(date(2026, 9, 5), date(2026, 9, 8)))
    assert [request.one("starting_at") for request in requests] == ["2026-09-05", "2026-09-06", "2026-09-07"]
    assert len(desk.load().new) == 1


def test_the_days_that_openrouter_has_are_asked_for_one_by_one(desk: Any) -> None:
    """Thirty of them, Sundays without use among them, and none is missing from what is stated."""
    (delivery,), requests = pulled(desk, "openrouter_activity")
    assert delivery.start
    asked = [request.one("date") for request in requests]
    assert asked == [str(delivery.start + timedelta(days=n)) for n in range(30)]
    assert 4 <= sum(date.fromisoformat(day).weekday() == 6 for day in asked) <= 5
    assert [load.state for load in desk.load().new] == ["loaded"]
    (path,) = (desk.books.evidence / "loads").glob("*.json")
    said = json.loads(path.read_text())
    assert (said["window_from"], said["window_to"]) == (str(delivery.start), str(delivery.end))


def test_days_without_any_record_are_no_delivery_where_nothing_tells_them(desk: Any) -> None:
    """GitHub says nothing of the second: an export without rows would be refused. That it was asked is on record."""
    (delivery,), _ = pulled(desk, "github_copilot_rest_usage", Days(date(2026, 9, 2), date(2026, 9, 3)))
    assert (delivery.delivery, delivery.pages, delivery.records) == ("", 1, 0)
    assert not [path for path in desk.books.landing.rglob("*") if path.is_file() and path.name != ".lock"]
    (record,) = (desk.books.evidence / "pulls" / "github_copilot_rest_usage" / "acme").glob("2026-09-02_2026-09-03_*")
    assert '"complete": true' in record.read_text()


def test_what_only_the_company_knows_is_asked_for_by_name(desk: Any) -> None:
    wanted = Connection(source="github_copilot_rest_usage", account="acme")
    with pytest.raises(PullRefused, match="owner: organizations/NAME"):
        list(fetch(desk.books, wanted, Days(FROM, TO), key=SecretStr(KEY), environment={}))


def test_a_connector_is_checked_when_it_is_read(tmp_path: Path) -> None:
    openai_costs = CONNECTORS["openai_costs"].source
    for source in ("openai_costs", *openai_costs.attributed_by):
        shutil.copytree(openai_costs.folder.parent / source, tmp_path / source)
    path = tmp_path / "openai_costs" / "connector.yml"
    text = path.read_text()
    for wrong, said in {
        text + "colour: red\n": "colour",
        text.replace("api: openai", "api: closedai"): "api must be one of",
        text.replace("reread: 3\n", ""): "reread",
        text.replace("more: has_more", "pages: total"): "tokens end where",
        text + "body: {a: 1}\n": "POST",
        "- a list": "mapping",
    }.items():
        path.write_text(wrong)
        with pytest.raises(SourceError, match=said):
            connectors(tmp_path)
    path.write_text(text)
    assert "openai_costs" in connectors(tmp_path)


def test_adding_a_connector_is_adding_a_file(tmp_path: Path) -> None:
    """A source of anybody's is fetched once a connector.yml lies beside it."""
    shutil.copytree(CONNECTORS["openai_costs"].source.folder, tmp_path / "my_costs")
    for source in CONNECTORS["openai_costs"].source.attributed_by:
        shutil.copytree(CONNECTORS["openai_costs"].source.folder.parent / source, tmp_path / source)
    mine = connectors(tmp_path)["my_costs"]
    assert isinstance(mine, declaration.Requests)
    assert mine.path == "/v1/organization/costs"
    (tmp_path / "my_costs" / "connector.yml").unlink()
    assert "my_costs" not in connectors(tmp_path)


def test_the_guide_names_the_variables_of_every_api() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide-data-engineer.md").read_text("utf-8")
    apis = {connector.api.id: connector.api for connector in CONNECTORS.values()}
    assert len(apis) >= 5
    for api in apis.values():
        assert f"`{api.key_variable}`" in guide
        assert f"`{api.url_variable}`" in guide
