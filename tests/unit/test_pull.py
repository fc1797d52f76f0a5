"""`tokenbooks pull`: what is configured or asked for, which days, whose key, and exit codes that do not lie."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.connectors import PullRefused
from ingestion.connectors.record import PullRecord, records_of
from pipeline.cli import main
from pipeline.company.company_settings import read_settings
from pipeline.pull import Days, _window, configured, connector_of, fetch
from pipeline.settings import Books, BooksError
from tests.provider_endpoints import anthropic, openai
from tests.provider_fixture import KEY, Fault, Provider

TODAY = datetime.now(UTC).date()
Called = Callable[..., tuple[int, str, str]]

CONFIGURED = """
connectors:
  - {source: openai_costs, account: acme-openai}
  - {source: openai_usage_completions, account: acme-openai, days_back: 5}
  - {source: anthropic_cost_report, account: acme-anthropic, key: ACME_CLAUDE}
"""


@pytest.fixture
def called(capsys: pytest.CaptureFixture[str]) -> Called:
    """Runs a command: exit code, stdout, stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    books = Books.create(tmp_path / "books")
    (books.company / "tokenbooks.yml").write_text(CONFIGURED)
    for variable in ("TOKENBOOKS_OPENAI_KEY", "TOKENBOOKS_ANTHROPIC_KEY", "ACME_CLAUDE"):
        monkeypatch.delenv(variable, raising=False)
    return books


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Provider]]:
    with openai().serving() as one, anthropic().serving() as other:
        monkeypatch.setenv("TOKENBOOKS_OPENAI_URL", one.url)
        monkeypatch.setenv("TOKENBOOKS_ANTHROPIC_URL", other.url)
        yield {"openai": one, "anthropic": other}


@pytest.fixture
def keys(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENBOOKS_OPENAI_KEY", KEY)
    monkeypatch.setenv("ACME_CLAUDE", f" {KEY}\n")  # as a file of secrets may hold it


@pytest.mark.usefixtures("keys", "providers")
def test_all_that_is_configured_is_fetched_and_loads(books: Books, called: Called) -> None:
    code, out, err = called("pull", "--books", books.home, "--json")
    report = json.loads(out)
    assert (code, err, report["errors"]) == (0, "", [])
    days = {
        one["source"]: (date.fromisoformat(one["end"]) - date.fromisoformat(one["start"])).days
        for one in report["pulled"]
    }
    assert days == {"openai_costs": 3, "openai_usage_completions": 5, "anthropic_cost_report": 3}
    assert {one["end"] for one in report["pulled"]} == {str(TODAY)}
    for one in report["pulled"]:
        assert (books.landing / one["source"] / one["account"] / one["delivery"] / "page-0001.json").is_file()
    code, out, _ = called("load", "--books", books.home)
    assert (code, "3 new loads" in out) == (0, True)


@pytest.mark.usefixtures("keys")
def test_one_that_fails_holds_up_no_other_and_the_exit_code_says_so(
    books: Books, called: Called, providers: dict[str, Provider]
) -> None:
    providers["openai"].faults = [Fault(403, body='{"error": {"message": "missing scope"}}')]
    code, out, err = called("pull", "--books", books.home)
    assert code == 1
    assert "missing scope" in err
    assert "Set TOKENBOOKS_OPENAI_KEY to an admin key" in " ".join(err.split())
    assert "openai_usage_completions" in out
    assert "anthropic_cost_report" in out
    code, out, _ = called("pull", "openai_costs", "--books", books.home, "--json")
    assert (code, len(json.loads(out)["pulled"])) == (0, 1)


@pytest.mark.usefixtures("providers")
def test_a_key_that_is_not_set_is_named_before_anything_is_asked(
    books: Books, called: Called, providers: dict[str, Provider]
) -> None:
    code, out, err = called("pull", "--books", books.home, "--json")
    errors = json.loads(out)["errors"]
    assert (code, len(errors)) == (1, 3)
    assert errors[0].startswith(
        "openai_costs of acme-openai: TOKENBOOKS_OPENAI_KEY is not set; it must hold an admin key"
    )
    assert errors[2].startswith("anthropic_cost_report of acme-anthropic: ACME_CLAUDE is not set")
    assert all(not provider.requests for provider in providers.values())
    assert KEY not in out + err


@pytest.mark.usefixtures("keys")
def test_one_that_is_not_configured_is_fetched_for_the_days_named(
    books: Books, called: Called, providers: dict[str, Provider]
) -> None:
    asked = ("pull", "openai_costs", "--account", "another", "--from", "2026-09-01", "--to", "2026-09-03")
    code, out, _ = called(*asked, "--books", books.home)
    assert code == 0
    assert "2026-09-01 to 2026-09-03" in out
    (request,) = providers["openai"].requests
    assert (request.one("start_time"), request.one("end_time")) == ("1788220800", "1788393600")
    assert len(list((books.landing / "openai_costs" / "another").glob("2026-09-01_2026-09-03_*Z/page-0001.json"))) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("focus", "--account", "a"), 1, "focus: cannot be fetched; these can: "),
        (("nonsense",), 1, "cannot be fetched"),
        (("anthropic_usage_messages",), 1, "name one with --account"),
        (("openai_costs", "--account", "../up"), 1, "folder's name"),
        (("--account", "nobody"), 1, "lists no connector of nobody"),
        (("openai_costs", "--to", "2026-09-03"), 2, "--from"),
        (("openai_costs", "--from", "2026-09-03", "--to", "2026-09-03"), 2, "day after the last"),
        (("openai_costs", "--from", "yesterday"), 2, "yesterday"),
        (("openai_costs", "--from", "2999-01-01"), 1, "must be before"),
    ],
)
def test_what_cannot_be_done_is_said(
    books: Books, called: Called, arguments: tuple[str, ...], code: int, says: str
) -> None:
    ended, out, err = called("pull", *arguments, "--books", books.home)
    assert (ended, out) == (code, "")
    assert says in " ".join(err.replace("│", "").split())


def test_without_connectors_pull_says_how_to_add_one(books: Books, called: Called) -> None:
    (books.company / "tokenbooks.yml").write_text("")
    code, _, err = called("pull", "--books", books.home)
    assert code == 1
    assert "{source: openai_costs, account: acme-openai}" in " ".join(err.split())


def record(books: Books, end: date) -> None:
    done = PullRecord(
        source="openai_costs",
        account="acme-openai",
        api="openai",
        base_url="",
        start=end - timedelta(days=3),
        end=end,
        began_at=datetime.now(UTC),
        complete=True,
    )
    done.write(books.evidence / "pulls" / "openai_costs" / "acme-openai" / f"{end}.json")


def test_days_that_were_still_open_when_they_were_fetched_are_fetched_again(books: Books) -> None:
    """A week without a pull leaves no hole, and what was fetched as provisional is asked for again."""
    wanted, connector = configured(books)[0], connector_of("openai_costs")
    assert _window(books, connector, wanted, Days()) == (TODAY - timedelta(days=3), TODAY)
    record(books, TODAY)
    assert _window(books, connector, wanted, Days()) == (TODAY - timedelta(days=3), TODAY)
    record(books, TODAY - timedelta(days=90))  # an old month, fetched by hand
    assert _window(books, connector, wanted, Days()) == (TODAY - timedelta(days=3), TODAY)
    for path in (books.evidence / "pulls").rglob("*.json"):
        path.unlink()
    record(books, TODAY - timedelta(days=7))
    assert _window(books, connector, wanted, Days()) == (TODAY - timedelta(days=10), TODAY)
    assert len(records_of(books.evidence / "pulls", "openai_costs", "acme-openai")) == 1


def test_days_that_the_provider_no_longer_has_are_not_asked_for(books: Books) -> None:
    """OpenRouter has 30 days: a longer break leaves a hole, which only a delivery by hand can fill."""
    wanted, connector = configured(books)[0], connector_of("openrouter_activity")
    oldest = TODAY - timedelta(days=30)
    record(books, TODAY - timedelta(days=7))
    assert _window(books, connector, wanted, Days()) == (oldest, TODAY)
    assert _window(books, connector, wanted, Days(oldest)) == (oldest, TODAY)
    with pytest.raises(PullRefused, match=f"has {oldest} and later"):
        _window(books, connector, wanted, Days(oldest - timedelta(days=1)))


def test_month_to_date_begins_on_the_first_of_yesterdays_month(books: Books) -> None:
    wanted = configured(books)[0]
    connector = connector_of("openai_costs").model_copy(update={"reread": "month"})
    start, end = _window(books, connector, wanted, Days()) or (None, None)
    assert (start, end) == ((TODAY - timedelta(days=1)).replace(day=1), TODAY)
    own = wanted.model_copy(update={"days_back": 2})
    assert _window(books, connector, own, Days()) == (TODAY - timedelta(days=2), TODAY)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{source: openai_costs, account: a, key: sk-admin-123}", "names an environment variable"),
        ("{source: openai_costs, account: a, schedule: daily}", "five fields of cron"),
        ("{source: openai_costs, account: a/b}", "pattern"),
        ("{source: openai_costs, account: a, colour: red}", "Extra inputs"),
        ("{source: openai_costs, account: a}\n  - {source: openai_costs, account: a}", "fetched twice"),
    ],
)
def test_a_wrong_connector_is_told_with_its_line_and_without_the_key(books: Books, line: str, says: str) -> None:
    (books.company / "tokenbooks.yml").write_text(f"connectors:\n  - {line}\n")
    (finding,) = read_settings(books.company)[1]
    assert says in str(finding)
    assert finding.row in (2, 3)
    assert "sk-admin-123" not in str(finding)
    with pytest.raises(BooksError, match=r"tokenbooks\.yml"):
        configured(books)


@pytest.mark.usefixtures("providers")
def test_a_key_from_an_airflow_connection_wins(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    from pydantic import SecretStr

    monkeypatch.setenv("TOKENBOOKS_OPENAI_KEY", "another")
    wanted = configured(books)[0].model_copy(update={"connection": "openai_admin"})
    assert [one.pages for one in fetch(books, wanted, Days(), key=SecretStr(KEY))] == [1]
    with pytest.raises(Exception, match="the password of the Airflow connection openai_admin") as refusal:
        list(fetch(books, wanted, Days(), key=SecretStr("sk-wrong")))
    assert "sk-wrong" not in str(refusal.value)


def test_pages_that_come_in_do_not_wake_ingest_until_the_delivery_is_whole(books: Books) -> None:
    from pipeline.trigger import list_landing

    page: Any = books.landing / ".pulls" / "openai_costs" / "a" / "123" / "pages" / "page-0001.json"
    page.parent.mkdir(parents=True)
    page.write_text("{}")
    assert list_landing(str(books.landing)) == {}
    (books.landing / "openai_costs" / "a").mkdir(parents=True)
    page.parent.rename(books.landing / "openai_costs" / "a" / "2026")
    assert [name.split("landing/")[1] for name in list_landing(str(books.landing))] == [
        "openai_costs/a/2026/page-0001.json"
    ]
