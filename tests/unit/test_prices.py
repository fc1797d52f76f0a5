"""List prices weigh token classes: dated, per token, and never a float."""

from datetime import date
from decimal import Decimal

from pipeline.prices import PRICE_KEYS, list_prices


def test_prices_are_per_token_and_cover_every_class() -> None:
    """Every class of a known model has one price on every day; spellings of Bedrock and dated names are known."""
    for model in ("claude-sonnet-4-5-20250929", "us.anthropic.claude-sonnet-4-20250514-v1:0", "gpt-5-2025-08-07"):
        prices = [price for price in list_prices([model]) if price.valid_from <= date(2026, 9, 1) < price.valid_to]
        assert sorted(price.token_class for price in prices) == sorted(PRICE_KEYS)
        by_class = {price.token_class: price.unit_price for price in prices}
        assert isinstance(by_class["output"], Decimal)
        assert by_class["cache_read"] < by_class["uncached_input"] < by_class["output"] < Decimal("0.001")


def test_dated_prices_do_not_overlap() -> None:
    """A model whose price changed has one price per class on each day."""
    prices = list_prices(["deepseek-chat", "gpt-4o", "o3"])
    assert prices
    for price in prices:
        same = [p for p in prices if (p.model, p.token_class) == (price.model, price.token_class)]
        assert sum(p.valid_from <= price.valid_from < p.valid_to for p in same) == 1


def test_a_model_known_under_its_provider_alone_has_a_price() -> None:
    """genai-prices finds OpenAI's embeddings and Amazon's models only when it is told whose they are."""
    for model in ("text-embedding-3-small", "amazon.titan-embed-text-v1"):
        assert [p for p in list_prices([model]) if p.token_class == "uncached_input"], model


def test_an_unknown_model_has_no_price() -> None:
    """Nothing is invented for a model nobody knows, nor for an empty name."""
    assert list_prices(["no-such-model-77", ""]) == []
