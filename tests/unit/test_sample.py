"""The sample tells every oddity that it promises, in the providers' own shapes, and the same bytes each time.

Everything is asserted from the files as written, with a reader of its own that keeps every digit.
"""

import csv
import gzip
import io
import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingestion import sources
from pipeline.sample import deliver_sample, write_company, write_sample
from pipeline.sample.labs import TOLD
from pipeline.sample.story import key_id, user_id
from pipeline.sample.usage import price

PICO = Decimal("0.000000000001")
CLASSES = {
    "uncached_input_tokens": "uncached_input",
    "cache_read_input_tokens": "cache_read",
    "cache_creation.ephemeral_5m_input_tokens": "cache_write_5m",
    "cache_creation.ephemeral_1h_input_tokens": "cache_write_1h",
    "output_tokens": "output",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with the sample company and its exports."""
    home = tmp_path_factory.mktemp("books")
    write_sample(home)
    return home


def company(home: Path, name: str) -> list[dict[str, str]]:
    """The rows of a company file."""
    return list(csv.DictReader(io.StringIO((home / "company" / f"{name}.csv").read_text("utf-8"))))


def results(home: Path, source: str, only: str = "") -> list[tuple[date, dict[str, Any]]]:
    """(day, result) of a paged source; of a day stated twice the later statement; `only` one delivery."""
    stated: dict[date, list[dict[str, Any]]] = {}
    for delivery in sorted((home / "landing" / source).glob(f"*/{only or '*'}")):
        for page in sorted(delivery.glob("page-*.json")):
            document = json.loads(page.read_text(), parse_float=Decimal)
            stated |= {_day(bucket): bucket["results"] for bucket in document["data"]}
    assert stated, f"no page of {source}"
    return [(day, result) for day, found in sorted(stated.items()) for result in found]


def _day(bucket: dict[str, Any]) -> date:
    if "start_time" in bucket:
        return datetime.fromtimestamp(bucket["start_time"], UTC).date()
    return date.fromisoformat(bucket["starting_at"][:10])


def bill(home: Path, month: str) -> list[dict[str, Any]]:
    """The rows of the AWS bill fetched after `month`."""
    first = date.fromisoformat(month + "-01")
    (path,) = (home / "landing" / "focus" / "acme-aws").glob(f"{first + timedelta(days=33):%Y-%m}-*")
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(text.decode())))


def tokens(result: dict[str, Any]) -> dict[str, int]:
    """Tokens by class of an Anthropic usage result."""
    writes = result["cache_creation"]
    return {
        "uncached_input": result["uncached_input_tokens"],
        "cache_read": result["cache_read_input_tokens"],
        "cache_write_5m": writes["ephemeral_5m_input_tokens"],
        "cache_write_1h": writes["ephemeral_1h_input_tokens"],
        "output": result["output_tokens"],
    }


def worth(result: dict[str, Any]) -> Decimal:
    """Dollars at list price of an Anthropic usage result."""
    return sum((n * price("anthropic", result["model"], kind) * PICO for kind, n in tokens(result).items()), Decimal(0))


def spent(home: Path, employee: str) -> dict[date, Decimal]:
    """Dollars at list price of a person's Anthropic key, by day."""
    days: dict[date, Decimal] = defaultdict(Decimal)
    for day, result in results(home, "anthropic_usage_messages"):
        if result["api_key_id"] == key_id("anthropic", employee):
            days[day] += worth(result)
    assert days, f"{employee} uses nothing: the test would pass on nothing"
    return days


def test_two_samples_are_equal_byte_by_byte(home: Path, tmp_path: Path) -> None:
    write_sample(tmp_path)
    assert files(tmp_path) == files(home)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(found) > 50
    return found


def test_writing_again_changes_nothing_and_leaves_nothing_behind(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    write_sample(home)
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before
    assert sorted(path.name for path in home.iterdir()) == ["company", "landing"]


def test_the_company_can_come_before_its_exports(home: Path, tmp_path: Path) -> None:
    write_company(tmp_path)
    assert not (tmp_path / "landing").exists()
    story = deliver_sample(tmp_path, whole=False)
    assert len(story) == 3 * 5 + 2 * 2 + 3
    assert [path.name for path in story] == sorted(path.name for path in story)
    labs = deliver_sample(tmp_path)
    assert {path.parents[1].name for path in labs} | set(TOLD) == set(sources())
    assert files(tmp_path) == files(home)


def test_at_least_forty_people_in_six_centres_of_every_function(home: Path) -> None:
    centres = {row["cost_center_id"]: row["function"] for row in company(home, "cost_centers")}
    assert len(centres) == 6
    assert set(centres.values()) == {"rnd", "sales_marketing", "gna", "cost_of_revenue"}
    assert len(company(home, "employees")) >= 40
    assert {row["cost_center_id"] for row in company(home, "cost_center_assignments")} == set(centres)
    roles = {row["role_family"] for row in company(home, "employees")}
    assert {"software_engineer", "planner", "marketer", "accountant", "support_engineer"} <= roles
    assert {row["worker_type"] for row in company(home, "employees")} == {"employee", "contractor"}


def test_pages_follow_each_other_to_a_last_one(home: Path) -> None:
    deliveries = [path for path in (home / "landing").glob("*/acme-*/*") if path.is_dir()]
    assert len(deliveries) == 3 * 4 + 2 * 2
    for delivery in deliveries:
        pages = [json.loads(path.read_text()) for path in sorted(delivery.glob("page-*.json"))]
        assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
        assert [page["next_page"] is None for page in pages] == [not page["has_more"] for page in pages]
        assert len(pages) == (1 if delivery.name.endswith("restated") else 5)


@pytest.mark.parametrize("month", ["2026-08", "2026-09", "2026-10"])
def test_anthropic_cost_is_the_use_of_the_day_at_list_price(home: Path, month: str) -> None:
    used: dict[tuple, int] = defaultdict(int)
    for day, result in results(home, "anthropic_usage_messages"):
        for kind, count in tokens(result).items():
            used[(day, result["workspace_id"], result["model"], kind)] += count
    lines = [line for line in results(home, "anthropic_cost_report") if f"{line[0]:%Y-%m}" == month]
    priced = [(day, line) for day, line in lines if line["cost_type"] == "tokens"]
    assert len(priced) > 400
    for day, line in priced:
        kind = CLASSES[line["token_type"]]
        count = used[(day, line["workspace_id"], line["model"], kind)]
        assert Decimal(line["amount"]) / 100 == count * price("anthropic", line["model"], kind) * PICO


def test_openai_cost_is_the_use_of_the_day_at_list_price(home: Path) -> None:
    used: dict[tuple, int] = defaultdict(int)
    for day, result in results(home, "openai_usage_completions"):
        assert result["input_tokens"] == result["input_uncached_tokens"] + result["input_cached_tokens"]
        at = (day, result["project_id"], result["api_key_id"], result["model"])
        used[(*at, "input")] += result["input_uncached_tokens"]
        used[(*at, "cached input")] += result["input_cached_tokens"]
        used[(*at, "output")] += result["output_tokens"]
    kinds = {"input": "uncached_input", "cached input": "cache_read", "output": "output"}
    lines = results(home, "openai_costs")
    for day, line in lines:
        model, kind = line["line_item"].split(", ")
        count = used.pop((day, line["project_id"], line["api_key_id"], model, kind))
        value = Decimal(line["amount"]["value"])
        assert value.quantize(PICO) == count * price("openai", model, kinds[kind]) * PICO
        assert (line["quantity"], line["amount"]["currency"]) == (count, "usd")
    assert not any(used.values()), "use that no line bills"


def test_openai_amounts_have_the_float_noise_of_the_real_ones(home: Path) -> None:
    amounts = [Decimal(line["amount"]["value"]) for _, line in results(home, "openai_costs")]
    assert max(len(amount.as_tuple().digits) for amount in amounts) == 17
    assert {line["api_key_id"] is None for _, line in results(home, "openai_costs")} == {True, False}


def test_a_month_costs_what_a_company_of_this_size_would_believe(home: Path) -> None:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for day, line in results(home, "openai_costs"):
        totals[f"{day:%Y-%m}"] += Decimal(line["amount"]["value"])
    for day, line in results(home, "anthropic_cost_report"):
        totals[f"{day:%Y-%m}"] += Decimal(line["amount"]) / 100
    for month in list(totals):
        totals[month] += sum(Decimal(str(row["EffectiveCost"])) for row in bill(home, month))
    assert {month: 250_000 < total < 450_000 for month, total in totals.items()} == dict.fromkeys(
        ("2026-08", "2026-09", "2026-10"), True
    )
    assert totals["2026-09"] > 350_000


# ---- the oddities


def test_a_burst_of_150_000_dollars_in_thirty_days(home: Path) -> None:
    first = date(2026, 9, 1)
    burst = [dollars for day, dollars in spent(home, "E007").items() if first <= day < first + timedelta(days=30)]
    assert len(burst) == 30
    assert 150_000 <= sum(burst) < 150_001


def test_a_500_000_dollar_engineer_uses_5_000_dollars_a_year(home: Path) -> None:
    (pay,) = [row for row in company(home, "compensation") if row["employee_id"] == "E003"]
    assert Decimal(pay["base_salary"]) == 500_000
    assert Decimal("4000") < sum(spent(home, "E003").values()) * 4 < Decimal("6000")


def test_210_billion_tokens_in_one_week_mostly_read_from_the_cache(home: Path) -> None:
    week: dict[str, int] = defaultdict(int)
    for day, result in results(home, "anthropic_usage_messages"):
        if date(2026, 8, 10) <= day < date(2026, 8, 17) and result["api_key_id"] == key_id("anthropic", "E009"):
            for kind, count in tokens(result).items():
                week[kind] += count
    assert 210_000_000_000 <= sum(week.values()) < 212_000_000_000
    assert week["cache_read"] * 100 > sum(week.values()) * 98


def test_every_class_of_cached_tokens_is_used_and_billed(home: Path) -> None:
    billed = {line["token_type"] for _, line in results(home, "anthropic_cost_report")}
    assert set(CLASSES) | {None} == billed
    used: dict[str, int] = defaultdict(int)
    for _, result in results(home, "anthropic_usage_messages"):
        for kind, count in tokens(result).items():
            used[kind] += count
    assert len(used) == 5
    assert all(used.values())
    assert any(result["input_cached_tokens"] for _, result in results(home, "openai_usage_completions"))


def test_a_transfer_in_mid_month_and_a_dual_assignment(home: Path) -> None:
    rows = [tuple(row.values()) for row in company(home, "cost_center_assignments") if row["employee_id"] == "E012"]
    assert rows == [
        ("E012", "CC100", "1", "2023-02-13", "2026-09-16"),
        ("E012", "CC200", "1", "2026-09-16", ""),
    ]
    days = spent(home, "E012")
    assert {day < date(2026, 9, 16) for day in days if f"{day:%Y-%m}" == "2026-09"} == {True, False}
    shares = {
        row["cost_center_id"]: row["share"]
        for row in company(home, "cost_center_assignments")
        if row["employee_id"] == "E015"
    }
    assert shares == {"CC100": "0.6", "CC250": "0.4"}
    assert spent(home, "E015")


def test_the_key_of_a_leaver_still_spends(home: Path) -> None:
    (row,) = [row for row in company(home, "employees") if row["employee_id"] == "E020"]
    after = [day for day in spent(home, "E020") if day >= date.fromisoformat(row["valid_to"])]
    assert len(after) > 20
    (key,) = [row for row in company(home, "credentials") if row["value"] == key_id("anthropic", "E020")]
    assert (key["owner_id"], key["valid_to"]) == ("E020", "")


def test_the_key_of_a_joiner_spends_before_the_first_day(home: Path) -> None:
    (row,) = [row for row in company(home, "employees") if row["employee_id"] == "E044"]
    before = [day for day in spent(home, "E044") if day < date.fromisoformat(row["valid_from"])]
    assert before == [date(2026, 9, 10), date(2026, 9, 11)]


def test_contractors_spend(home: Path) -> None:
    contractors = {row["employee_id"] for row in company(home, "employees") if row["worker_type"] == "contractor"}
    assert contractors == {"E017", "E045"}
    assert spent(home, "E017")
    users = {result["user_id"] for _, result in results(home, "openai_usage_completions")}
    assert user_id("openai", "E045") in users


@pytest.mark.parametrize(
    ("source", "provider", "name"),
    [
        ("anthropic_usage_messages", "anthropic", "mystery-claude"),
        ("openai_usage_completions", "openai", "mystery-gpt"),
        ("openai_costs", "openai", "mystery-gpt"),
    ],
)
def test_unknown_keys_spend(home: Path, source: str, provider: str, name: str) -> None:
    key = key_id(provider, name)
    assert any(result["api_key_id"] == key for _, result in results(home, source))
    assert key not in {row["value"] for row in company(home, "credentials")}


def test_an_unknown_account_and_an_unknown_tag_are_on_the_aws_bill(home: Path) -> None:
    known = {row["value"] for row in company(home, "credentials")}
    rows = [
        row for row in bill(home, "2026-10") if row["SubAccountId"] not in known and row["ChargeCategory"] == "Usage"
    ]
    assert {row["SubAccountId"] for row in rows} == {"999900001111"}
    assert {value for row in rows for _, value in row["Tags"]} == {"CC999"}


@pytest.mark.parametrize("name", ["ci-claude", "prod-claude"])
def test_the_robot_and_production_have_keys_of_services(home: Path, name: str) -> None:
    key = key_id("anthropic", name)
    (row,) = [row for row in company(home, "credentials") if row["value"] == key]
    workload = {row["service_id"]: row["workload"] for row in company(home, "services")}[row["owner_id"]]
    assert workload == {"ci-claude": "shared_ci", "prod-claude": "prod_inference"}[name]
    assert sum(1 for _, result in results(home, "anthropic_usage_messages") if result["api_key_id"] == key) > 60


def test_the_default_workspace_is_null_and_has_people_and_no_keys(home: Path) -> None:
    default = [result for _, result in results(home, "anthropic_usage_messages") if result["workspace_id"] is None]
    assert {result["api_key_id"] for result in default} == {None}
    assert len({result["account_id"] for result in default}) > 10
    lines = [line for _, line in results(home, "anthropic_cost_report") if line["workspace_id"] is None]
    assert {"tokens", "web_search", "code_execution"} == {line["cost_type"] for line in lines}


def test_days_without_use_are_empty_buckets(home: Path) -> None:
    for source in ("openai_costs", "openai_usage_completions", "anthropic_cost_report", "anthropic_usage_messages"):
        (page,) = (home / "landing" / source).glob("*/2026-09-03T0600Z/page-0001.json")
        buckets = json.loads(page.read_text())["data"]
        assert [bool(bucket["results"]) for bucket in buckets[:3]] == [False, False, True]


@pytest.mark.parametrize(
    ("source", "month", "again"),
    [
        ("anthropic_cost_report", "2026-10-03T0600Z", "2026-10-06T0600Z-restated"),
        ("openai_costs", "2026-09-03T0600Z", "2026-09-08T0600Z-restated"),
    ],
)
def test_some_days_are_stated_again_with_other_amounts(home: Path, source: str, month: str, again: str) -> None:
    amount = (lambda line: Decimal(line["amount"])) if source[0] == "a" else (lambda line: line["amount"]["value"])
    later = results(home, source, again)
    days = {day for day, _ in later}
    first = [(day, line) for day, line in results(home, source, month) if day in days]
    assert 1 <= len(days) <= 2
    assert len(first) == len(later)
    assert sum(amount(line) for _, line in first) != sum(amount(line) for _, line in later)


def test_the_aws_bill_has_a_commitment_that_is_bought_and_drawn_down(home: Path) -> None:
    september = bill(home, "2026-09")
    (bought,) = [row for row in september if row["ChargeCategory"] == "Purchase"]
    assert (bought["BilledCost"], bought["EffectiveCost"]) == ("60000", "0")
    for rows in (september, bill(home, "2026-10")):
        drawn = [row for row in rows if row["CommitmentDiscountStatus"] == "Used"]
        assert len(drawn) > 100
        assert all(Decimal(str(row["BilledCost"])) == 0 < Decimal(str(row["EffectiveCost"])) for row in drawn)


def test_the_aws_bill_has_a_credit_tax_and_rows_that_are_no_ai(home: Path) -> None:
    september = bill(home, "2026-09")
    assert [row["BilledCost"] for row in september if row["ChargeCategory"] == "Credit"] == ["-1500"]
    for month in ("2026-08", "2026-09", "2026-10"):
        rows = bill(home, month)
        (tax,) = [Decimal(str(row["BilledCost"])) for row in rows if row["ChargeCategory"] == "Tax"]
        assert tax > 0
        assert {row["ServiceName"] for row in rows} == {"Amazon Bedrock", "AmazonS3", "AmazonEC2"}


def test_the_aws_bill_comes_in_three_shapes(home: Path) -> None:
    names = sorted(path.name for path in (home / "landing" / "focus" / "acme-aws").iterdir())
    assert [name.split("-focus-")[1] for name in names] == ["1.0.csv", "1.2.csv.gz", "1.2.snappy.parquet"]
    august, september, october = (bill(home, month)[0] for month in ("2026-08", "2026-09", "2026-10"))
    assert "InvoiceId" not in august
    assert set(september) == set(october)
    assert len(october) == 60
    assert isinstance(october["Tags"], list)
    assert august["AvailabilityZone"] == "(null)"
    assert any("E-" in row["ListUnitPrice"] for row in bill(home, "2026-08"))
