"""Metered use, day by day: each stream's dollars turned into whole tokens at the published price.

Money here is whole picodollars (10^-12 dollars), so that every product is exact.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from pipeline.sample.story import Stream, days, story, streams

PICO = 10**12


@dataclass(frozen=True)
class Use:
    """The tokens of one stream on one day, by token class."""

    day: date
    stream: Stream
    tokens: dict[str, int]

    @property
    def picos(self) -> int:
        """What the tokens cost at list price, in picodollars."""
        return sum(count * price(self.stream.provider, self.stream.model, kind) for kind, count in self.tokens.items())


@cache
def price(provider: str, model: str, token_class: str) -> int:
    """Picodollars a token at list price, from genai-prices. Raises KeyError where the model has no such price."""
    from genai_prices import Usage, calc_price

    field = {
        "uncached_input": "input_mtok",
        "cache_read": "cache_read_mtok",
        "cache_write_5m": "cache_write_mtok",
        "cache_write_1h": "cache_write_1h_mtok",
        "output": "output_mtok",
    }[token_class]
    found = calc_price(Usage(), model, provider_id=provider, genai_request_timestamp=datetime(2026, 9, 1))
    per_million = getattr(found.model_price, field)
    if not isinstance(per_million, Decimal):
        raise KeyError(f"{provider} {model}: no flat price for {token_class}")
    return int(per_million * 1_000_000)


def dollars(picos: int) -> Decimal:
    """Picodollars as exact dollars."""
    return Decimal(picos).scaleb(-12)


@cache
def metered(provider: str) -> tuple[Use, ...]:
    """Every day's use of a provider as first stated, in the order of streams, then days."""
    return tuple(use for stream in streams() if stream.provider == provider for use in _use_of(stream))


def restated(provider: str) -> list[tuple[date, date, str, list[Use]]]:
    """The provider's later statements: (from, to, fetched, all use of those days with the changed stream scaled)."""
    told = [again for again in story()["oddities"]["restated"] if again["provider"] == provider]
    return [
        (
            again["from"],
            again["to"],
            again["fetched"],
            [_again(use, again) for use in metered(provider) if again["from"] <= use.day < again["to"]],
        )
        for again in told
    ]


def _again(use: Use, told: dict) -> Use:
    if use.stream.name != told["stream"]:
        return use
    return Use(use.day, use.stream, {kind: count * told["percent"] // 100 for kind, count in use.tokens.items()})


def _use_of(stream: Stream) -> Iterator[Use]:
    """Days vary between 60 and 140 % of the average; people and robots rest at weekends unless told otherwise."""
    chance = random.Random(f"{story()['seed']}|{stream.name}")  # noqa: S311  repeatable, nothing secret
    parts = {
        day: chance.randint(60_000, 140_000)
        for day in days(stream.first, stream.last)
        if stream.every_day or day.weekday() < 5
    }
    done = 0
    whole = sum(parts.values())
    for day, part in parts.items():
        tokens = _tokens(stream, part, done, whole)
        done += part
        if any(tokens.values()):
            yield Use(day, stream, tokens)


def _tokens(stream: Stream, part: int, done: int, whole: int) -> dict[str, int]:
    """Tokens of one day. A fixed sum is spread by cumulative floors, so that the days add up to it."""
    if stream.tokens:
        return {kind: n * (done + part) // whole - n * done // whole for kind, n in stream.tokens.items()}
    if stream.total:
        spend = stream.total * PICO * (done + part) // whole - stream.total * PICO * done // whole
    else:  # an average day is 100,000 parts; a month has 30 days of use, or 22 without weekends
        spend = stream.monthly * PICO * part // (100_000 * (30 if stream.every_day else 22))
    return _bought(stream, spend)


def _bought(stream: Stream, spend: int) -> dict[str, int]:
    """The tokens that `spend` picodollars buy in the stream's mix; classes without a price are left out."""
    prices = {kind: _price_or_none(stream, kind) for kind in stream.mix}
    mix = {kind: share for kind, share in stream.mix.items() if prices[kind]}
    # Rounded up, so that a fixed sum is reached and not just missed.
    return {kind: -(-spend * share // (sum(mix.values()) * (prices[kind] or 1))) for kind, share in mix.items()}


def _price_or_none(stream: Stream, kind: str) -> int | None:
    try:
        return price(stream.provider, stream.model, kind)
    except KeyError:
        return None
