"""The rows of the AWS bill of one month, as FOCUS columns with exact amounts."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.sample.story import days, story
from pipeline.sample.usage import Use, dollars, metered, price

PAYER = "000011112222"
METERS = {
    "uncached_input": "input-tokens",
    "cache_read": "cache-read-input-token-count",
    "cache_write_5m": "cache-write-input-token-count",
    "output": "output-tokens",
}
FAMILIES = {
    "us.anthropic.claude-haiku-4-5-20251001-v1:0": "Claude4.5Haiku",
    "us.anthropic.claude-opus-4-8-v1:0": "Claude4.8Opus",
    "amazon.nova-lite-v1:0": "NovaLite",
}
NOTHING = Decimal(0)
CENT = Decimal("0.01")


def rows(first: date, last: date) -> Iterator[dict[str, Any]]:
    """Every row of the bill of the month [first, last): use, other services, commitment, credit and tax."""
    odd = story()["oddities"]
    taxed = NOTHING
    for use in sorted((use for use in metered("aws") if first <= use.day < last), key=lambda use: use.day):
        for row in _bedrock(use):
            taxed += row["BilledCost"] if row["SubAccountId"] == odd["tax"]["of"] else NOTHING
            yield {**_month(first, last), **row}
    for row in [*_other_services(first, last), *_commitment(), *_credit()]:
        if first <= row["ChargePeriodStart"] < last:
            yield {**_month(first, last), **row}
    yield {**_month(first, last), **_tax(taxed, first, last)}


def _month(first: date, last: date) -> dict[str, Any]:
    return {
        "BillingPeriodStart": first,
        "BillingPeriodEnd": last,
        "BillingAccountId": PAYER,
        "BillingAccountName": "Acme payer",
        "BillingAccountType": "AWS Account",
        "BillingCurrency": "USD",
        "PricingCurrency": "USD",
        "InvoiceId": f"INV-{first:%Y%m}",
        "InvoiceIssuerName": "Amazon Web Services, Inc.",
        "ProviderName": "AWS",
        "PublisherName": "Amazon Web Services, Inc.",
        "SubAccountType": "AWS Account",
    }


def _bedrock(use: Use) -> Iterator[dict[str, Any]]:
    """One row a token class, billed below list; a committed stream is drawn down: billed nothing, effective in full."""
    odd = story()["oddities"]
    stream = use.stream
    prepaid = stream.commitment is not None and use.day >= odd["commitment"]["date"]
    for kind, count in use.tokens.items():
        unit = price("aws", stream.model, kind)
        listed = dollars(count * unit)
        cost = dollars(count * unit * (100 - odd["discount_percent"]) // 100)
        meter = f"USE1-{FAMILIES[stream.model]}-{METERS[kind]}"
        yield {
            **_day(use.day),
            **_amounts(NOTHING if prepaid else cost, cost, listed),
            **_priced(Decimal(count) / 1000, dollars(unit * 1000), odd["discount_percent"]),
            **(_drawn(stream.commitment) if prepaid else {"PricingCategory": "Standard"}),
            **_service("Amazon Bedrock", "AmazonBedrock", "AI and Machine Learning", "Generative AI"),
            **_where(stream.place or PAYER, stream.tags),
            "ChargeDescription": f"{meter} in US East (N. Virginia)",
            "ResourceId": f"arn:aws:bedrock:us-east-1:{stream.place}:inference-profile/{stream.model}",
            "ResourceType": "inference-profile",
            "SkuMeter": meter,
            "x_UsageType": meter,
            "x_Operation": "InvokeModelStreamingInference",
            "x_Discounts": {"PrivateRateDiscount": cost - listed},
        }


def _day(day: date) -> dict[str, Any]:
    return {
        "ChargePeriodStart": day,
        "ChargePeriodEnd": day + timedelta(days=1),
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
    }


def _amounts(billed: Decimal, effective: Decimal, listed: Decimal) -> dict[str, Any]:
    return {
        "BilledCost": billed,
        "EffectiveCost": effective,
        "ContractedCost": effective or billed,
        "ListCost": listed,
        "PricingCurrencyEffectiveCost": effective,
    }


def _priced(quantity: Decimal, unit: Decimal, discount: int) -> dict[str, Any]:
    contracted = unit * (100 - discount) / 100
    return {
        "ConsumedQuantity": quantity,
        "ConsumedUnit": "1K tokens",
        "PricingQuantity": quantity,
        "PricingUnit": "1K tokens",
        "ListUnitPrice": unit,
        "ContractedUnitPrice": contracted,
        "PricingCurrencyListUnitPrice": unit,
        "PricingCurrencyContractedUnitPrice": contracted,
    }


def _drawn(commitment: str | None) -> dict[str, Any]:
    return {**_committed(commitment), "CommitmentDiscountStatus": "Used", "PricingCategory": "Committed"}


def _committed(commitment: str | None) -> dict[str, Any]:
    return {
        "CommitmentDiscountCategory": "Spend",
        "CommitmentDiscountId": f"arn:aws:bedrock::{PAYER}:commitment/{commitment}",
        "CommitmentDiscountName": commitment,
        "CommitmentDiscountType": "Bedrock Spend Commitment",
    }


def _service(name: str, code: str, category: str, subcategory: str) -> dict[str, Any]:
    return {"ServiceName": name, "x_ServiceCode": code, "ServiceCategory": category, "ServiceSubcategory": subcategory}


def _where(account: str, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "SubAccountId": account,
        "SubAccountName": f"acme-{account[:4]}",
        "Tags": tags,
        "RegionId": "us-east-1",
        "RegionName": "US East (N. Virginia)",
    }


_BEDROCK = _service("Amazon Bedrock", "AmazonBedrock", "AI and Machine Learning", "Generative AI")


def _other_services(first: date, last: date) -> Iterator[dict[str, Any]]:
    """A little storage and compute every Monday: this export is the whole AWS bill, not only its AI."""
    amounts = {"AmazonS3": Decimal("41.37"), "AmazonEC2": Decimal("288.64")}
    kinds = {"AmazonS3": ("Storage", "Object Storage"), "AmazonEC2": ("Compute", "Virtual Machines")}
    for day in days(first, last):
        for code in story()["oddities"]["other_services"] if day.weekday() == 0 else ():
            yield {
                **_day(day),
                **_amounts(amounts[code], amounts[code], amounts[code]),
                **_service(code, code, *kinds[code]),
                **_where("777788889999", {}),
                "PricingCategory": "Standard",
                "ChargeDescription": f"{code} in US East (N. Virginia)",
            }


def _commitment() -> Iterator[dict[str, Any]]:
    """The purchase: money out, nothing used yet, so EffectiveCost is 0."""
    told = story()["oddities"]["commitment"]
    paid = Decimal(told["dollars"])
    yield {
        **_day(told["date"]),
        **_amounts(paid, NOTHING, paid),
        **_BEDROCK,
        **_where(PAYER, {}),
        **_committed(told["id"]),
        "ChargeCategory": "Purchase",
        "ChargeFrequency": "One-Time",
        "ChargeDescription": "Bedrock spend commitment, paid in advance",
    }


def _credit() -> Iterator[dict[str, Any]]:
    told = story()["oddities"]["credit"]
    amount = -Decimal(told["dollars"])
    yield {
        **_day(told["date"]),
        **_amounts(amount, amount, amount),
        **_BEDROCK,
        **_where("777788889999", {}),
        "ChargeCategory": "Credit",
        "ChargeFrequency": "One-Time",
        "ChargeDescription": "Generative AI programme credit",
    }


def _tax(taxed: Decimal, first: date, last: date) -> dict[str, Any]:
    """One line a month, whole cents, on what one account was billed."""
    told = story()["oddities"]["tax"]
    amount = (taxed * Decimal(told["percent"]) / 100).quantize(CENT, ROUND_HALF_UP)
    return {
        **_day(first),
        **_amounts(amount, amount, amount),
        **_BEDROCK,
        **_where(told["of"], {}),
        "ChargePeriodEnd": last,
        "ChargeCategory": "Tax",
        "ChargeFrequency": "Recurring",
        "ChargeDescription": "Sales tax",
    }
