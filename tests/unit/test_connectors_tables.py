"""LiteLLM's tables, copied from a real PostgreSQL: what comes, of which moment, and what is told when it cannot."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from benchmarks.postgres import postgres_server
from ingestion.connectors import PullRefused, Unavailable, database
from ingestion.connectors.record import PullRecord
from ingestion.connectors.trying import TRIES
from pipeline.company.connections import Connection
from pipeline.pull import Days, Pulled, fetch
from tests.litellm_fixture import Proxy, insert
from tests.provider_fixture import KEY

LOGS, KEYS = "litellm_spend_logs", "litellm_keys"
SEPTEMBER = Days(date(2026, 9, 1), date(2026, 9, 5))


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with Proxy().serving() as up:
        yield up


def pulled(desk: Any, url: str, source: str, days: Days | None = None, **ways: Any) -> list[Pulled]:
    """What a pull gave; the pauses between tries are skipped."""
    wanted = Connection(source=source, account="acme", base_url=url)
    asked = days or (SEPTEMBER if source == LOGS else Days())
    ways = {"sleep": lambda _: None, "key": SecretStr(KEY), "environment": {}} | ways
    return list(fetch(desk.books, wanted, asked, **ways))


def landed(desk: Any, source: str, delivery: Pulled, file: str) -> Path:
    """A file of a delivery."""
    path: Path = desk.books.landing / source / "acme" / delivery.delivery / file
    return path


def request(request_id: str, at: str, **more: str) -> dict[str, str]:
    """A row of the spend logs."""
    return {"request_id": request_id, "call_type": "acompletion", "startTime": at, "endTime": at, "model": "m", **more}


def test_a_day_has_the_requests_from_midnight_to_midnight(proxy: Proxy, desk: Any) -> None:
    times = ["2026-07-01 23:59:59.999", "2026-07-02 00:00:00", "2026-07-02 23:59:59.999", "2026-07-03 00:00:00"]
    with proxy.owner() as owner:
        for number, at in enumerate(times):
            insert(owner, "LiteLLM_SpendLogs", request(f"midnight-{number}", at))
    (delivery,) = pulled(desk, proxy.url, LOGS, Days(date(2026, 7, 2), date(2026, 7, 3)))
    with landed(desk, LOGS, delivery, "spend-logs.csv").open() as text:
        assert [row["startTime"] for row in csv.DictReader(text)] == times[1:3]
    assert delivery.records == 2


def test_prompts_and_searches_stay_in_the_database(proxy: Proxy, desk: Any) -> None:
    said = json.dumps({"messages": "LAYOFFS", "additional_usage_values": {"cache_read_input_tokens": 7}})
    asked = dict.fromkeys(("messages", "response", "proxy_server_request"), '"LAYOFFS"')
    with proxy.owner() as owner:
        insert(owner, "LiteLLM_SpendLogs", request("private", "2026-07-10 08:00", metadata=said, **asked))
    (delivery,) = pulled(desk, proxy.url, LOGS, Days(date(2026, 7, 10), date(2026, 7, 11)))
    (row,) = csv.DictReader(landed(desk, LOGS, delivery, "spend-logs.csv").open())
    assert json.loads(row["metadata"]) == {"additional_usage_values": {"cache_read_input_tokens": 7}}
    files = [path for path in desk.books.home.rglob("*") if path.is_file()]
    assert not [path for path in files if b"LAYOFFS" in path.read_bytes()]


def test_the_habits_of_a_role_change_no_byte(proxy: Proxy, desk: Any) -> None:
    """Twice the same bytes, which load once, with every digit of a float and times in UTC."""
    with proxy.owner() as owner:
        insert(owner, "LiteLLM_SpendLogs", request("digits", "2026-09-04", spend="0.30000000000000004"))
    (one,) = pulled(desk, proxy.url, LOGS)
    with proxy.owner() as owner:
        for habit in ("TimeZone = 'America/New_York'", "DateStyle = 'German'", "extra_float_digits = -6"):
            owner.execute(f"ALTER ROLE books SET {habit}")
    (other,) = pulled(desk, proxy.url, LOGS)
    first, second = (landed(desk, LOGS, it, "spend-logs.csv").read_bytes() for it in (one, other))
    assert first == second
    assert b",0.30000000000000004," in first
    assert b"2026-09-01 23:59:59.999" in first
    assert len({one.delivery, other.delivery}) == 2
    assert len(desk.load().new) == 1


def test_all_tables_are_of_one_moment(proxy: Proxy, desk: Any) -> None:
    """A key that is deleted while its table is being copied is told once, not twice and not never."""

    def meanwhile(said: str) -> None:
        if "LiteLLM_DeletedVerificationToken" in said:
            with proxy.owner() as owner:
                owner.execute("""DELETE FROM "LiteLLM_VerificationToken" WHERE key_alias = 'ana-laptop'""")
                insert(owner, "LiteLLM_DeletedVerificationToken", {"token": "just-now"})

    (delivery,) = pulled(desk, proxy.url, KEYS, progress=meanwhile)
    present, deleted = (landed(desk, KEYS, delivery, f"{name}.csv").read_text() for name in ("keys", "keys-deleted"))
    assert "ana-laptop" in present
    assert "just-now" not in deleted
    (later,) = pulled(desk, proxy.url, KEYS)
    assert "ana-laptop" not in landed(desk, KEYS, later, "keys.csv").read_text()
    assert "just-now" in landed(desk, KEYS, later, "keys-deleted.csv").read_text()


def test_a_connection_that_breaks_is_made_again(proxy: Proxy, desk: Any) -> None:
    ended: list[bool] = []

    def meanwhile(said: str) -> None:
        if "Deleted" in said and not ended:
            with proxy.owner() as owner:
                ended.extend(
                    row[0]
                    for row in owner.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'books'"
                    )
                )

    (delivery,) = pulled(desk, proxy.url, KEYS, progress=meanwhile)
    assert ended == [True]
    assert (delivery.pages, delivery.requests, len(delivery.retried)) == (2, 2, 1)
    assert "terminating connection" in delivery.retried[0]
    assert [load.state for load in desk.load().new] == ["loaded"]


def test_what_was_copied_is_on_record(proxy: Proxy, desk: Any) -> None:
    (delivery,) = pulled(desk, proxy.url, LOGS)
    (path,) = (desk.books.evidence / "pulls" / LOGS / "acme").glob("*.json")
    record = PullRecord.read(path)
    (page,) = record.pages
    assert record.complete
    copied = landed(desk, LOGS, delivery, "spend-logs.csv")
    with copied.open() as text:
        assert page.records == len(list(csv.DictReader(text))) >= 6
    assert page.bytes == copied.stat().st_size
    assert page.body["statement"].startswith('COPY (SELECT "request_id"')
    assert "\"startTime\" >= '2026-09-01' AND \"startTime\" < '2026-09-05'" in page.body["statement"]
    assert page.request_id
    assert page.request_id.count(":") == 2  # a snapshot of PostgreSQL


def test_days_without_requests_are_no_delivery(proxy: Proxy, desk: Any) -> None:
    (delivery,) = pulled(desk, proxy.url, LOGS, Days(date(2020, 1, 1), date(2020, 1, 2)))
    assert (delivery.delivery, delivery.pages, delivery.records) == ("", 1, 0)
    assert not list(desk.books.landing.rglob("*.csv"))


def refused(desk: Any, url: str, source: str = LOGS, **ways: Any) -> str:
    """What the refusal says; nothing of it is in landing, and the password is not in it."""
    with pytest.raises(PullRefused) as error:
        pulled(desk, url, source, **ways)
    assert not [path for path in desk.books.landing.rglob("*.csv") if ".pulls" not in path.parts]
    assert KEY not in str(error.value)
    return str(error.value)


def test_a_wrong_password_is_told_with_where_to_set_it(proxy: Proxy, desk: Any) -> None:
    ways = {"key": None, "environment": {"TOKENBOOKS_LITELLM_KEY": "wrong-word"}}
    said = refused(desk, proxy.url, **ways)
    assert "Set TOKENBOOKS_LITELLM_KEY to the password of a role" in said
    assert "wrong-word" not in said
    assert "(6 times" not in said


def test_a_server_that_cannot_be_trusted_is_not_asked_again(proxy: Proxy, desk: Any) -> None:
    said = refused(desk, f"{proxy.url}?sslmode=require")
    assert "sslrootcert=" in said
    assert "6 times" not in said


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ('DROP TABLE "LiteLLM_SpendLogs"', "LiteLLM_SpendLogs: is not in the database"),
        ('ALTER TABLE "LiteLLM_SpendLogs" RENAME COLUMN api_key TO hashed', "has no column api_key"),
        ('REVOKE SELECT (team_id) ON "LiteLLM_SpendLogs" FROM books', r"GRANT SELECT (team_id) on it"),
        ("REVOKE USAGE ON SCHEMA public FROM PUBLIC", "not in the search_path of our role"),
        ("ALTER ROLE books NOLOGIN", "refuses us"),
    ],
)
def test_a_database_that_is_not_as_it_should_be(desk: Any, change: str, cure: str) -> None:
    with Proxy().serving() as proxy:
        with proxy.owner() as owner:
            owner.execute(change)
        assert cure in refused(desk, proxy.url)


def test_a_database_that_is_away_is_asked_again_later(desk: Any) -> None:
    with postgres_server("gone") as url:
        pass
    pauses: list[float] = []
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1/postgres: .*refused.*6 times.*pull again later"):
        pulled(desk, url, LOGS, sleep=pauses.append)
    assert len(pauses) == TRIES - 1


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("https://litellm.example.com", "is no address such as postgresql://"),
        ("postgresql://db.example.com/litellm", "is no address such as postgresql://"),
        ("postgresql://books@db.example.com/litellm?colour=red", "is no address such as postgresql://"),
        (f"postgresql://books:{KEY}@db.example.com/litellm", "the password is no part of the address"),
        ("postgresql://books@db.example.com/litellm?sslmode=prefer", "write ?sslmode=verify-full"),
        ("postgresql://books@127.0.0.1,db.example.com/litellm?sslmode=disable", "write ?sslmode=verify-full"),
    ],
)
def test_an_address_is_checked_before_the_password_goes_anywhere(desk: Any, url: str, cure: str) -> None:
    assert cure in refused(desk, url)


def test_another_machine_is_verified_unless_the_address_says_how() -> None:
    how = database._checked("postgresql://books@db.example.com/litellm")
    assert (how["sslmode"], how["sslrootcert"]) == ("verify-full", "system")
    how = database._checked("postgresql://books@db.example.com/litellm?sslrootcert=/etc/acme.pem")
    assert (how["sslmode"], how["sslrootcert"]) == ("verify-full", "/etc/acme.pem")
    assert database._checked("postgresql://books@db.example.com/litellm?sslmode=require")["sslmode"] == "require"
    assert "sslmode" not in database._checked("postgresql://books@127.0.0.1:5432/litellm")
