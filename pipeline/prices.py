"""Public list prices of the models in the books: what weighs one token class against another.

They only weigh (design.md section 6, attribution step 2); no amount in the books comes from them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
MILLION = Decimal(1_000_000)
ALWAYS = (date(1970, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True)
class Price:
    """USD per token of one class of one model on the days `[valid_from, valid_to)`."""

    model: str
    token_class: str
    unit_price: Decimal
    valid_from: date
    valid_to: date


def list_prices(models: Iterable[str]) -> list[Price]:
    """Prices of the models that genai-prices knows, sorted; a model it does not know has none."""
    found = [price for model in sorted(set(models)) for price in _model_prices(model)]
    return sorted(found, key=lambda price: (price.model, price.token_class, price.valid_from))


def _model_prices(model: str) -> list[Price]:
    """The dated prices of one model, in half-open intervals that do not overlap."""
    info = _model_info(model)
    if info is None:
        return []
    dated = _dated(info.prices)
    ends = [start for start, _ in dated[1:]] + [ALWAYS[1]]
    return [
        Price(model, token_class, price, start, end)
        for (start, prices), end in zip(dated, ends, strict=True)
        for token_class in PRICE_KEYS
        if start < end and (price := _per_token(prices, token_class)) is not None
    ]


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


def _dated(prices: Any) -> list[tuple[date, Any]]:
    """`(start, prices)` in order of start. Prices by the time of day are no price of a day and are left out."""
    from genai_prices.types import ConditionalPrice, StartDateConstraint

    if not isinstance(prices, list):
        return [(ALWAYS[0], prices)]
    starts: dict[date, ConditionalPrice] = {}
    for price in prices:  # of two with the same start, genai-prices takes the later one
        if price.constraint is None:
            starts[ALWAYS[0]] = price
        elif isinstance(price.constraint, StartDateConstraint):
            starts[price.constraint.start_date] = price
    starts.setdefault(ALWAYS[0], prices[0])  # before the first start, genai-prices takes the first of the list
    return [(start, starts[start].prices) for start in sorted(starts)]


def _per_token(prices: Any, token_class: str) -> Decimal | None:
    """USD per token, or None when the model has no such price; of prices by context length, the first."""
    for key in PRICE_KEYS[token_class]:
        price = getattr(prices, key, None)
        if price is not None:
            return Decimal(getattr(price, "base", price)) / MILLION
    return None
