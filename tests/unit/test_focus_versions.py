"""FOCUS as it comes: any version, through a spreadsheet or not, with prepayment, virtual money and corrections."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

SEPTEMBER = ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z")
OCTOBER = ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")


def charge(billed: str, effective: str, billing: tuple[str, str] = SEPTEMBER, **more: str) -> dict[str, str]:
    return {
        "BilledCost": billed, "EffectiveCost": effective, "ListCost": effective, "ContractedCost": effective,
        "BillingAccountId": "1", "BillingCurrency": "USD", "BillingPeriodStart": billing[0],
        "BillingPeriodEnd": billing[1], "ChargeCategory": "Usage", "ChargePeriodStart": "2026-09-02T00:00:00Z",
        "ChargePeriodEnd": "2026-09-03T00:00:00Z", "ServiceName": "Tokens",
    } | more  # fmt: skip


def file(*charges: Mapping[str, str], end: str = "\n", start: str = "") -> bytes:
    """A CSV of the columns that any of the charges has; what another lacks is NULL, in one of the ways to write it."""
    names = list(dict.fromkeys(name for one in charges for name in one))
    nulls = ["", "NULL", "(null)", "null"]
    lines = [",".join(names)]
    for number, one in enumerate(charges):
        cells = [one.get(name, nulls[number % len(nulls)]) for name in names]
        lines.append(",".join('"' + cell.replace('"', '""') + '"' if "," in cell else cell for cell in cells))
    return (start + end.join(lines) + end).encode()


def counted(desk: Any) -> list[dict[str, Any]]:
    """The rows that count, as the books read them: those whose billing date lies in a piece of their load."""
    from ingestion import sources
    from pipeline.manifest import coverage, read

    loads = {load.load_id: load for load in read(desk.books)}
    found = []
    for piece in coverage(loads.values(), sources()):
        for kept in loads[piece.load_id].files:
            found += [
                row
                for row in pq.read_table(desk.books.lake / kept.path).to_pylist()
                if piece.day_from <= row["BillingPeriodStart"].date() < piece.day_to
            ]
    return found


def total(rows: list[dict[str, Any]], column: str, month: int) -> Decimal:
    return sum((row[column] for row in rows if row["ChargePeriodStart"].month == month), Decimal(0))


def test_a_bill_that_went_through_a_spreadsheet(desk: Any) -> None:
    dates = {"BillingPeriodStart": "4/1/25", "BillingPeriodEnd": "5/1/2025"}
    dates |= {"ChargePeriodStart": "4/1/25", "ChargePeriodEnd": "4/2/25 0:00"}
    big = charge("$10,000.00 ", " $9,999.99 ", PricingQuantity="1,234,567", **dates)
    small = charge("-$0.10", "1.5E-05", PricingQuantity="7", **dates)
    desk.deliver("focus", "2025-05-02T0600Z.csv", file(big, small, end="\r\n", start="\ufeff"))
    assert desk.load().refused == []
    one, two = counted(desk)
    assert (one["BilledCost"], one["EffectiveCost"], one["PricingQuantity"]) == (10000, Decimal("9999.99"), 1234567)
    assert (two["BilledCost"], two["EffectiveCost"]) == (Decimal("-0.1"), Decimal("0.000015"))
    times = [one[name] for name in dates]
    days = [(2025, 4, 1), (2025, 5, 1), (2025, 4, 1), (2025, 4, 2)]
    assert times == [datetime(*day) for day in days]


@pytest.mark.parametrize(("column", "text"), [("ChargePeriodStart", "31/12/25"), ("BilledCost", "1.000,50")])
def test_what_is_written_in_another_country_is_refused(column: str, text: str, desk: Any) -> None:
    desk.deliver("focus", "2026-10-02T0600Z.csv", file(charge("1", "1", **{column: text})))
    report = desk.load()
    assert len(report.refused) == 1
    assert column in "\n".join(report.errors)


DRAFT = {
    "PrincipalId": "user-1", "CredentialId": "key-9", "ConsumerId": "c-7", "InvoiceDetailId": "d-1",
    "HostProviderName": "Host", "ServiceProviderName": "Seller", "AllocatedTags": '{"a":"b"}',
    "SkuPriceDetails": '{"ModelId":"nova-2","TokenDirection":"Input","TokenCacheAction":"Write"}',
}  # fmt: skip
DETAILS = {"CredentialDetails": '{"Name":"ci","Email":"ann@acme.example","Credential":{"Id":"key-8","Type":"ApiKey"}}'}


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"ProviderName": "Seller", "PublisherName": "Host"}, (None, None, None, None)),
        (DRAFT, ("user-1", "key-9", "c-7", "cache_write")),
        (DETAILS | {"SkuMeter": "Cache Read Input Tokens"}, ("ann@acme.example", "key-8", None, "cache_read")),
        ({"SkuPriceDetails": '{"TokenDirection":"Input","TokenCacheAction":"Other"}'}, (None, None, None, None)),
        ({"SkuPriceDetails": '{"TokenDirection":"Output"}'}, (None, None, None, "output")),
    ],
    ids=["until 1.3", "draft of 1.5", "its details", "another cache action", "output"],
)
def test_versions_say_the_same_in_their_columns(columns: dict[str, str], told: tuple[Any, ...], desk: Any) -> None:
    from pipeline.manifest import read

    desk.deliver("focus", "2026-10-02T0600Z.csv", file(charge("1", "1", **columns)))
    assert desk.load().refused == []
    (row,) = counted(desk)
    assert tuple(row[f"x_{name}"] for name in ("PrincipalId", "CredentialId", "ConsumerId", "TokenClass")) == told
    if "PublisherName" in columns or "HostProviderName" in columns:
        assert (row["HostProviderName"], row["ServiceProviderName"]) == ("Host", "Seller")
    (load,) = read(desk.books)
    assert "unknown_columns" not in {warning["rule"] for warning in load.warnings}


PREPAID = [
    charge("1000", "0", ChargeCategory="Purchase", PricingCurrency="Credits", PricingQuantity="50000"),
    charge("0", "12.5", PricingCurrency="Credits", PricingCurrencyEffectiveCost="625", ConsumedQuantity="2000"),
    charge("0", "7.25", PricingCurrency="Credits", PricingCurrencyEffectiveCost="362.5", ConsumedQuantity="1160"),
    charge("3", "3", PricingCurrency="USD", PricingCurrencyEffectiveCost="3", ConsumedQuantity="480"),
]


def test_prepaid_credit_is_cash_once_and_cost_once(desk: Any) -> None:
    """Cash when it is bought, cost when it is drawn; prices in credits stay beside, and are never summed with money."""
    desk.deliver("focus", "2026-10-02T0600Z.csv", file(*PREPAID))
    assert desk.load().refused == []
    rows = counted(desk)
    assert (total(rows, "BilledCost", 9), total(rows, "EffectiveCost", 9)) == (1003, Decimal("22.75"))
    assert {row["BillingCurrency"] for row in rows} == {"USD"}
    in_credits = [row["PricingCurrencyEffectiveCost"] for row in rows if row["PricingCurrency"] == "Credits"]
    assert in_credits == [None, 625, Decimal("362.5")]


WRONG, RIGHT = charge("10", "10"), charge("8", "8")
CORRECTION = {"ChargeClass": "Correction"}
STYLES = {
    "ledger": [
        charge("-10", "-10", OCTOBER, ConsumedQuantity="-100", **CORRECTION),
        charge("8", "8", OCTOBER, ConsumedQuantity="80", **CORRECTION),
    ],
    "delta": [charge("-2", "-2", OCTOBER, ConsumedQuantity="-20", **CORRECTION)],
}
OWN = charge("5", "5", OCTOBER, ChargePeriodStart="2026-10-05T00:00:00Z", ChargePeriodEnd="2026-10-06T00:00:00Z")


@pytest.mark.parametrize("style", STYLES)
def test_an_invoiced_month_is_corrected_in_a_later_one(style: str, desk: Any) -> None:
    desk.deliver("focus", "2026-10-02T0600Z.csv", file(WRONG))
    desk.deliver("focus", "2026-11-02T0600Z.csv", file(OWN, *STYLES[style]))
    assert desk.load().refused == []
    rows = counted(desk)
    for column in ("BilledCost", "EffectiveCost"):
        assert (total(rows, column, 9), total(rows, column, 10)) == (8, 5)
    billed = [row["BilledCost"] for row in rows if row["BillingPeriodStart"].month == 9]
    assert billed == [10], "the invoice of September stays as it was"
    assert {row["ChargeClass"] for row in rows if row["BilledCost"] < 0} == {"Correction"}


def test_an_open_month_is_corrected_by_replacement(desk: Any) -> None:
    desk.deliver("focus", "2026-09-20T0600Z.csv", file(WRONG))
    desk.deliver("focus", "2026-09-21T0600Z", {"part-1.csv": file(RIGHT), "part-2.csv": file(charge("1", "1"))})
    assert desk.load().refused == []
    assert sorted(row["BilledCost"] for row in counted(desk)) == [1, 8]
