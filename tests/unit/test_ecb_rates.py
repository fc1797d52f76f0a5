"""The ECB's rates become rows of fx_rates.csv: exact, from text, and never over what finance wrote."""

import io
import subprocess
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import fx
from pipeline.company import check_company
from pipeline.settings import Books, BooksError

ECB = """Date,USD,JPY,BGN,
2026-11-02,1.1250,N/A,1.9558,
2026-10-30,1.1172,175.68,N/A,
2026-10-29,1.1000,150.00,1.9558,
2026-09-30,1.2000,160.1,1.9558,
"""


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Books of an entity that thinks in euro, with no rates yet."""
    books = Books.create(tmp_path / "books")
    (books.company / "entities.csv").write_text("entity_id,name,functional_currency,cutoff_timezone\nIE,Acme,EUR,UTC\n")
    return books


@pytest.fixture
def ecb(tmp_path: Path) -> Path:
    """The ECB's file, small."""
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(ECB)
    return file


def table(books: Books) -> list[list[str]]:
    """The rows of fx_rates.csv without the header."""
    return [line.split(",") for line in (books.company / "fx_rates.csv").read_text().splitlines()[1:]]


def test_spot_average_and_closing_are_exact(books: Books, ecb: Path) -> None:
    """October: 1/1.1 and 1/1.1172 by hand to eight places; November is still running and has spots only."""
    report = fx.add_rates(books, date(2026, 10, 1), [("USD", "EUR")], ecb)
    assert table(books) == [
        ["2026-10-29", "USD", "EUR", "0.90909091", "spot", fx.SOURCE],
        ["2026-10-30", "USD", "EUR", "0.89509488", "spot", fx.SOURCE],
        ["2026-10-31", "USD", "EUR", "0.89509488", "closing", fx.SOURCE],
        ["2026-10-31", "USD", "EUR", "0.90209289", "month_average", fx.SOURCE],
        ["2026-11-02", "USD", "EUR", "0.88888889", "spot", fx.SOURCE],
    ]
    assert (report.added, report.known, report.last_day) == (5, 0, date(2026, 11, 2))
    assert check_company(books.company).tables["fx_rates"].num_rows == 5


def test_a_cross_rate_is_the_quotient_of_two_quotes(books: Books, ecb: Path) -> None:
    fx.add_rates(books, date(2026, 10, 30), [("USD", "JPY"), ("EUR", "USD")], ecb)
    found = {(*row[:3], row[4]): row[3] for row in table(books)}
    assert found["2026-10-30", "USD", "JPY", "spot"] == "157.25026853"
    assert found["2026-10-30", "EUR", "USD", "spot"] == "1.11720000"
    assert ("2026-11-02", "USD", "JPY", "spot") not in found, "a day without a quote has no rate"


def test_a_second_run_adds_nothing_and_keeps_every_byte(books: Books, ecb: Path) -> None:
    fx.add_rates(books, date(2026, 10, 1), [("USD", "EUR")], ecb)
    before = (books.company / "fx_rates.csv").read_bytes()
    report = fx.add_rates(books, date(2026, 9, 30), [("USD", "EUR")], ecb)
    assert (report.added, report.known) == (3, 5)  # September's spot, average and closing
    assert (books.company / "fx_rates.csv").read_bytes().startswith(before)


def test_a_rate_that_finance_wrote_otherwise_is_refused_and_nothing_is_written(books: Books, ecb: Path) -> None:
    path = books.company / "fx_rates.csv"
    text = ",".join(fx.COLUMNS) + "\n2026-10-29,USD,EUR,0.909091,spot,treasury\n2026-10-30,USD,EUR,0.9,spot,treasury\n"
    path.write_text(text)
    with pytest.raises(fx.RatesRefused) as refused:
        fx.add_rates(books, date(2026, 10, 1), [("USD", "EUR")], ecb)
    assert [(found.row, found.column) for found in refused.value.findings] == [(1, "rate"), (2, "rate")]
    assert "spot USD to EUR on 2026-10-30 is 0.9 here and 0.89509488 at the ECB" in str(refused.value)
    assert path.read_text() == text


@pytest.mark.parametrize(
    "content",
    ["", "Date,USD\n", "<html>", "Day,USD\n2026-10-30,1\n", "Date,USD\n2026-10-30,1.x\n", "Date,USD\n2026-10-30,0\n"],
)
def test_a_file_that_is_not_the_ecbs_is_refused(books: Books, tmp_path: Path, content: str) -> None:
    file = tmp_path / "other.csv"
    file.write_text(content)
    with pytest.raises(BooksError, match=r"other.csv: not the ECB's eurofxref-hist .* --file"):
        fx.add_rates(books, date(2026, 10, 1), [("USD", "EUR")], file)
    assert not (books.company / "fx_rates.csv").exists()


def test_a_currency_the_ecb_does_not_quote_is_told(books: Books, ecb: Path) -> None:
    with pytest.raises(BooksError, match="no rate of XAU from 2026-10-01 on"):
        fx.add_rates(books, date(2026, 10, 1), [("XAU", "EUR")], ecb)


def test_a_zip_is_read_as_the_ecb_delivers_it(ecb: Path, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("eurofxref-hist.csv", ECB)
    (tmp_path / "hist.zip").write_bytes(packed.getvalue())
    assert fx.read_quotes(tmp_path / "hist.zip") == fx.read_quotes(ecb)


def test_the_bundled_file_reads_without_a_float() -> None:
    """The package reads 1.1789 as a float; its file says 1.1789."""
    quotes = fx.read_quotes(None)
    assert quotes[date(1999, 1, 4)]["USD"] == Decimal("1.1789")
    assert len(quotes) > 6000


def test_the_command_asks_for_the_entities_currencies(books: Books, ecb: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "rates", "--since", "2026-10-01", "--from", "USD", "--file", str(ecb)]
    done = subprocess.run([*command, "--books", str(books.home)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "5 rates added, 0 were there: USD/EUR" in done.stdout
    again = subprocess.run(
        [*command, "--books", str(books.home), "--to", "GBP"], capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "no rate of GBP" in again.stderr
