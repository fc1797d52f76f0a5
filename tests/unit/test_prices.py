"""List prices weigh token classes and say what use should cost: dated, per token, and never a float."""

from datetime import date
from decimal import Decimal

from pipeline.prices import PRICE_KEYS, Price, list_prices


def test_prices_are_per_token_and_cover_every_class() -> None:
    """Every class of a known model has one price on every day; spellings of Bedrock and dated names are known."""
    for model in ("claude-sonnet-4-5-20250929", "us.anthropic.claude-sonnet-4-20250514-v1:0", "gpt-5-2025-08-07"):
        day = date(2026, 9, 1)
        prices = [p for p in list_prices([model]) if p.valid_from <= day < p.valid_to and p.service_tier == "standard"]
        prices = [price for price in prices if price.context_from == 0]
        assert sorted(price.token_class for price in prices) == sorted(PRICE_KEYS)
        by_class = {price.token_class: price.unit_price for price in prices}
        assert isinstance(by_class["output"], Decimal)
        assert by_class["cache_read"] < by_class["uncached_input"] < by_class["output"] < Decimal("0.001")


def test_dated_prices_do_not_overlap() -> None:
    """A model whose price changed has one price per class, tier and length on each day."""

    def key(price: Price) -> tuple[object, ...]:
        return price.model, price.token_class, price.service_tier, price.context_from

    prices = list_prices(["deepseek-chat", "gpt-4o", "o3"])
    assert prices
    for price in prices:
        same = [p for p in prices if key(p) == key(price)]
        assert sum(p.valid_from <= price.valid_from < p.valid_to for p in same) == 1


def test_a_price_by_the_hour_says_so() -> None:
    """DeepSeek's prices hold for hours of a day; those of others do not."""
    assert {price.by_hour for price in list_prices(["deepseek-v4-pro"])} == {True}
    assert {price.by_hour for price in list_prices(["gpt-4o", "claude-opus-5"])} == {False}


def test_tiers_and_long_requests_have_their_own_prices() -> None:
    """Claude Sonnet 4.5 above 200,000 tokens of input, and in batches from the day that they are known."""
    output = [p for p in list_prices(["claude-sonnet-4-5"]) if p.token_class == "output"]
    known = {(p.service_tier, p.context_from, p.context_to, p.valid_from.year): p.unit_price * 10**6 for p in output}
    assert known == {
        ("batch", 0, 200_000, 2026): Decimal("7.5"),
        ("batch", 200_000, None, 2026): Decimal("11.25"),
        ("standard", 0, 200_000, 1970): Decimal(15),
        ("standard", 200_000, None, 1970): Decimal("22.5"),
    }


def test_a_model_known_under_its_provider_alone_has_a_price() -> None:
    """genai-prices finds OpenAI's embeddings and Amazon's models only when it is told whose they are."""
    for model in ("text-embedding-3-small", "amazon.titan-embed-text-v1"):
        assert [p for p in list_prices([model]) if p.token_class == "uncached_input"], model


def test_an_unknown_model_has_no_price() -> None:
    """Nothing is invented for a model nobody knows, nor for an empty name."""
    assert list_prices(["no-such-model-77", ""]) == []
