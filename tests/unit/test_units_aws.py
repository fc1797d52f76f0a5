"""The bills of AWS: units, one statement of a month, and prompts that stay outside."""

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

MARKER = "the wedding is off"
LOGS = "aws_bedrock_invocations"


def rows(desk: Any) -> list[dict[str, Any]]:
    """Every row of the lake's visible loads."""
    from pipeline.manifest import read

    files = [file.path for load in read(desk.books) if load.verdict == "accepted" for file in load.files]
    return [row for file in files for row in pq.read_table(desk.books.lake / file).to_pylist()]


def test_a_double_is_the_amount_it_shows_and_net_is_what_is_paid(desk: Any) -> None:
    desk.deliver("aws_cur", "2026-10-02T0600Z", desk.sample("aws_cur"))
    assert desk.load().refused == []
    found = rows(desk)
    hour = next(row for row in found if row["x_TokenClass"] == "cache_write_1h")
    assert (hour["ListCost"], hour["BilledCost"]) == (Decimal("0.00006"), Decimal("0.0000564"))
    assert (hour["PricingQuantity"], hour["ConsumedQuantity"], hour["ConsumedUnit"]) == (Decimal("0.01"), 10, "tokens")
    millions = next(row for row in found if row["PricingUnit"] == "1M tokens")
    assert millions["ConsumedQuantity"] == 2_500_000
    use = [row for row in found if row["x_Model"] and row["ChargeCategory"] == "Usage"]
    gross, net = (sum(row[name] for row in use) for name in ("ContractedCost", "BilledCost"))
    assert (gross, net) == (Decimal("14.4608975"), Decimal("13.59324365"))


def test_consumption_units_are_told_from_all_else(desk: Any) -> None:
    desk.deliver("aws_cur", "2026-10-02T0600Z", desk.sample("aws_cur"))
    desk.deliver("focus", "2026-10-02T0600Z.csv", FOCUS_UNITS)
    desk.load()
    units = [row for row in rows(desk) if row["SkuMeter"] == "Claude Consumption Units"]
    assert sorted(row["x_Source"] for row in units) == ["aws_cur", "focus"]
    for row in units:
        assert row["ServiceName"] == "Claude Platform on AWS"
        assert row["BilledCost"] == row["ConsumedQuantity"] * Decimal("0.01")
        assert {row[name] for name in ("x_Model", "x_TokenClass", "x_ServiceTier", "x_PrincipalId")} == {None}


FOCUS_UNITS = b"""BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,\
ChargePeriodStart,ChargePeriodEnd,EffectiveCost,ServiceName,ConsumedQuantity,x_UsageType
41.28,1,USD,2026-09-01,2026-10-01,Usage,2026-09-02,2026-09-03,41.28,Claude Platform on AWS,4128,Global-CCU
5,1,USD,2026-09-01,2026-10-01,Usage,2026-09-02,2026-09-03,5,Amazon Bedrock,1,USE1-Claude4.6Sonnet-input-tokens
"""


def cur(amount: str) -> bytes:
    columns = {
        "bill_billing_period_start_date": "2026-09-01T00:00:00.000Z",
        "bill_payer_account_id": "000011112222",
        "line_item_usage_account_id": "111122223333",
        "line_item_line_item_type": "Usage",
        "line_item_usage_start_date": "2026-09-02T00:00:00.000Z",
        "line_item_product_code": "AmazonBedrock",
        "line_item_usage_type": "USE1-Claude4.6Sonnet-output-tokens",
        "line_item_usage_amount": "1",
        "line_item_unblended_cost": amount,
        "line_item_currency_code": "USD",
    }
    return f"{','.join(columns)}\n{','.join(columns.values())}\n".encode()


def test_a_month_is_overwritten_and_stated_once(desk: Any) -> None:
    """Of two deliveries the later counts, and of CUR 2.0, the legacy report and FOCUS the one with the callers."""
    from ingestion import sources
    from pipeline.manifest import coverage, read

    desk.deliver("aws_cur", "2026-09-20T0600Z.csv", cur("7"))
    desk.deliver("aws_cur", "2026-10-02T0600Z.csv", cur("9"))
    desk.deliver("aws_cur_legacy", "2026-10-03T0600Z.csv", desk.sample("aws_cur_legacy")["sample.csv"])
    desk.deliver("focus", "2026-10-04T0600Z.csv", FOCUS_UNITS)
    assert desk.load().refused == []
    loads = {load.load_id: load for load in read(desk.books)}
    (piece,) = coverage(loads.values(), sources())
    assert (piece.source, piece.window_by, loads[piece.load_id].totals) == (
        "aws_cur", "billing", {"USD": "9.000000000000"}
    )  # fmt: skip
    assert len(loads) == 4


def log(time: str, **more: Any) -> bytes:
    record = {
        "schemaType": "ModelInvocationLog", "timestamp": time, "accountId": "1", "requestId": f"r-{time}",
        "modelId": "anthropic.claude-opus-4-8", "identity": {"arn": "arn:aws:iam::1:user/ann"},
        "input": {"inputTokenCount": 5, "inputBodyJson": {"messages": [{"content": MARKER}]}},
        "output": {"outputTokenCount": 2, "outputBodyJson": {"content": [MARKER]}},
    }  # fmt: skip
    return json.dumps(record | more).encode() + b"\n"


def told(folder: Path) -> str:
    """All that stands in a folder's files except exports as received; Parquet as its values."""
    texts = []
    for file in folder.rglob("*"):
        if file.is_file() and file.parent.name != "export":
            texts.append(str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else file.read_text())
    return "\n".join(texts)


@pytest.mark.parametrize(
    "bad",
    [
        log("yesterday"),
        log("2026-09-02T02:00:00Z")[:-30] + b"\n",
        log("2026-09-02T02:00:00Z", input={"inputBodyJson": MARKER}),
        log("2026-09-02T02:00:00Z") * 2,
        log("2026-09-02T02:00:00Z", schemaType="Note", accountId=None),
    ],
    ids=["misfit", "cut", "renamed", "twice", "other"],
)
def test_no_prompt_comes_in(bad: bytes, desk: Any) -> None:
    desk.deliver(LOGS, "2026-09-03T0600Z.json.gz", gzip.compress(log("2026-09-02T01:00:00Z")))
    desk.deliver(LOGS, "2026-09-04T0600Z.json", bad)
    report = desk.load()
    assert [(row["x_TokenClass"], row["Quantity"]) for row in rows(desk)] == [("uncached_input", 5), ("output", 2)]
    assert len(report.refused) == 1
    for folder in (desk.books.lake, desk.books.quarantine, desk.books.evidence):
        texts = told(folder)
        assert texts
        assert MARKER not in texts, folder
    assert MARKER not in "\n".join(report.errors)
