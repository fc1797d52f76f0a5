"""Public list prices of the models in the books, a table for each build: dated, per token, by tier and length of input.

They weigh one token class against another (design.md section 6, attribution step 2) and say what use should cost,
beside the bill; no amount in the books comes from them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any

# Our token classes by the price keys of genai-prices, best first: a model without a price for cache reads pays the
# full input price for them.
PRICE_KEYS = {
    "uncached_input": ("input_mtok",),
    "cache_read": ("cache_read_mtok", "input_mtok"),
    "cache_write": ("cache_write_mtok", "input_mtok"),
    "cache_write_5m": ("cache_write_mtok", "input_mtok"),
    "cache_write_1h": ("cache_write_1h_mtok", "cache_write_mtok", "input_mtok"),
    "output": ("output_mtok",),
}
STANDARD = "standard"
# What genai-prices calls the condition of a request that exports call its service tier.
TIER_CONDITIONS = ("processing", "service_tier", "speed")
MILLION = Decimal(1_000_000)
PICO = Decimal("1E-12")
ALWAYS = (date(1970, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True)
class Price:
    """USD per token of one class of a model at one service tier, on the days `[valid_from, valid_to)`.

    It holds for requests whose input, caches included, is above `context_from` tokens and not above `context_to` (None:
    however long), and then for all tokens of the request. `by_hour` says that other hours of those days have another
    price; this is the one at midnight UTC.
    """

    model: str
    token_class: str
    service_tier: str
    context_from: int
    context_to: int | None
    unit_price: Decimal
    by_hour: bool
    valid_from: date
    valid_to: date


def list_prices(models: Iterable[str]) -> list[Price]:
    """Prices of the models that genai-prices knows, sorted; a model, or a tier, it does not know has none."""
    found = [price for model in set(models) for price in _model_prices(model)]
    return sorted(found, key=lambda p: (p.model, p.token_class, p.service_tier, p.valid_from, p.context_from))


def _model_prices(model: str) -> Iterator[Price]:
    """The prices of one model; of one class and tier they overlap neither in days nor in context length."""
    info = _model_info(model)
    if info is None:
        return
    for tier, condition in _tiers(info).items():
        for start, end in pairwise([*_starts(info, condition), ALWAYS[1]]):
            prices, by_hour = _prices_on(info, start, condition)
            for token_class in PRICE_KEYS if prices else ():
                for above, up_to, price in _by_context(prices, token_class):
                    yield Price(model, token_class, tier, above, up_to, price, by_hour, start, end)


def _model_info(model: str) -> Any:
    """What genai-prices knows of a model name as a provider spells it, or None."""
    from genai_prices.data_snapshot import get_snapshot

    # Bedrock spells `us.anthropic.claude-…-v1:0`: region and vendor before the model's own name, a version after it.
    bare = model.removesuffix(":0").rpartition("anthropic.")[2]
    # Amazon's own models and OpenAI's embeddings are known under their provider alone.
    spellings = ((model, None), (bare, None), (bare.rpartition("-v")[0], None), (model, "aws"), (model, "openai"))
    for name, provider in spellings:
        try:
            if name:
                return get_snapshot().find_provider_model(name, None, provider, None)[1]
        except LookupError:
            continue
    return None


def _tiers(info: Any) -> dict[str, Mapping[str, str]]:
    """The service tiers that a model has prices of its own for, and the condition genai-prices knows each by."""
    named: dict[str, Mapping[str, str]] = {STANDARD: {}}
    for variant in info.price_variants or ():
        (condition, *others) = variant.when.items()
        if condition[0] in TIER_CONDITIONS and not others and vars(variant.prices):
            named.setdefault(condition[1].lower(), variant.when)
    return named


def _starts(info: Any, condition: Mapping[str, str]) -> list[date]:
    """The days on which a price under this condition may change, sorted."""
    dated = [*(info.prices if isinstance(info.prices, list) else ()), *_variants(info, condition)]
    starts = {getattr(one.constraint, "start_date", ALWAYS[0]) for one in dated}
    return sorted({ALWAYS[0], *starts})


def _variants(info: Any, condition: Mapping[str, str]) -> list[Any]:
    return [variant for variant in info.price_variants or () if condition and variant.when == condition]


def _prices_on(info: Any, day: date, condition: Mapping[str, str]) -> tuple[Any, bool]:
    """genai-prices' own answer for a day, None where the tier is not known yet, and whether other hours have others."""
    dated = [*(info.prices if isinstance(info.prices, list) else ()), *_variants(info, condition)]
    ends = {getattr(one.constraint, name, None) for one in dated for name in ("start_time", "end_time")}
    times = [datetime.combine(day, hour, UTC) for hour in (time.min, *(end for end in ends if end))]
    known = [one.constraint is None or one.constraint.active(times[0]) for one in _variants(info, condition)]
    if condition and not any(known):
        return None, False
    at_midnight, *later = (info.get_prices(moment, condition) for moment in times)
    return at_midnight, any(prices != at_midnight for prices in later)


def _by_context(prices: Any, token_class: str) -> Iterator[tuple[int, int | None, Decimal]]:
    """(above, up to, USD per token) by the input of a request; nothing when the model has no price for the class."""
    price = next((found for key in PRICE_KEYS[token_class] if (found := getattr(prices, key, None)) is not None), None)
    if price is None:
        return
    tiers = getattr(price, "tiers", ())
    steps = [(0, getattr(price, "base", price)), *((tier.start, tier.price) for tier in tiers)]
    for (above, per_million), (up_to, _) in pairwise([*steps, (None, None)]):
        # a few of its prices came through a float: 0.18000000000000002
        yield above, up_to, (per_million / MILLION).quantize(PICO)
