"""EX-12 and EX-13 of accounting.md from the provider's exports to a closed September, restated in October.

By the command line alone, as a controller would: run, close, a restated export, run again; both views to the cent.
"""

import hashlib
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.settings import Books
from tests.golden_books import BILLED, RESTATED, deliver_golden, write_golden_company

pytestmark = pytest.mark.slow

PERSONS = ["--prepared-by", "carol", "--approved-by", "dave"]
EXPENSE = {"CC100": "6100", "CC200": "6110", "CC300": "6120", "CC400": "5100"}


def tokenbooks(books: Books, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *arguments, "--books", str(books.home)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def done(books: Books, *arguments: str) -> str:
    """A command that must succeed; returns what it told."""
    result = tokenbooks(books, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def ask(books: Books, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(books.published / "finance.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def lines(books: Books, period: str) -> dict[tuple[str, str, str], Decimal]:
    """What is posted or drafted in a period: (service period, account, centre or project) → debit less credit."""
    found = ask(
        books,
        f"select service_period, account_id, coalesce(project_id, cost_center_id, ''), sum(debit - credit) "
        f"from fct_postings where period = '{period}' group by all order by all",
    )
    assert found
    return {(service, account, where): amount for service, account, where, amount in found}


def frozen(books: Books) -> dict[str, str]:
    """The hash of everything that a close may never change: the ledger, and what is published of September."""
    paths = [path for path in books.ledger.rglob("*") if path.is_file()]
    paths += [path for path in (books.published / "journals").rglob("*2026-09*") if path.is_file()]
    paths += [path for path in (books.published / "parquet" / "fct_postings").rglob("*2026-09*") if path.is_file()]
    assert len(paths) > 3
    return {str(path.relative_to(books.home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """September billed, run and closed by two persons."""
    books = write_golden_company(tmp_path_factory.mktemp("golden") / "books")
    deliver_golden(books, "2026-10-02T0600Z", BILLED)
    done(books, "run")
    done(books, "close", "2026-09", "--entity", "US01", *PERSONS)
    return books


@pytest.fixture(scope="module")
def restated(closed: Books) -> tuple[Books, dict[str, str]]:
    """The same books after the provider restated September; with the hashes from before."""
    before = frozen(closed)
    deliver_golden(closed, "2026-10-09T0600Z", RESTATED)
    done(closed, "run")
    return closed, before


def money(amounts: dict[tuple[str, str, str], str]) -> dict[tuple[str, str, str], Decimal]:
    return {key: Decimal(amount) for key, amount in amounts.items()}


def test_september_as_closed_is_ex_12_to_the_cent(closed: Books) -> None:
    assert lines(closed, "2026-09") == money(
        {
            ("2026-09", "1610", "proj-A"): "4200.00",
            ("2026-09", "2110", ""): "-12345.67",
            ("2026-09", "5100", "CC400"): "195.27",
            ("2026-09", "6100", "CC100"): "3026.96",
            ("2026-09", "6110", "CC200"): "4597.98",
            ("2026-09", "6120", "CC300"): "325.46",
        }
    )
    assert ask(closed, "select distinct status from fct_journal_entries where period = '2026-09'") == [("posted",)]
    told = ask(closed, "select rule, policy_hash from fct_postings where period = '2026-09'")
    assert all("statutory-us-gaap@1" in rule and len(policy_hash) == 64 for rule, policy_hash in told)
    bridge = dict(
        ask(closed, "select mgmt_class, sum(amount) from rpt_classification_bridge where period = '2026-09' group by 1")
    )
    assert bridge == {"human_capital_capex": Decimal("10132.55"), "utility_opex": Decimal("2213.12")}


def test_the_same_person_cannot_close_nor_can_it_be_closed_twice(closed: Books) -> None:
    once = tokenbooks(closed, "close", "2026-09", "--entity", "US01", *PERSONS)
    assert once.returncode == 1
    assert "closed" in once.stderr
    alone = ["--prepared-by", "carol", "--approved-by", " Carol"]
    same = tokenbooks(closed, "close", "2026-10", "--entity", "US01", *alone)
    assert same.returncode == 1
    assert "Traceback" not in same.stderr


def test_october_carries_the_restatement_of_ex_13_to_the_cent(restated: tuple[Books, dict[str, str]]) -> None:
    books, before = restated
    assert lines(books, "2026-10") == money(
        {
            ("2026-09", "1610", "proj-A"): "81.37",
            ("2026-09", "2110", ""): "-155.35",
            ("2026-09", "5100", "CC400"): "6.53",
            ("2026-09", "6100", "CC100"): "36.99",
            ("2026-09", "6110", "CC200"): "19.58",
            ("2026-09", "6120", "CC300"): "10.88",
        }
    )
    told = ask(books, "select distinct kind, cause, status from fct_journal_entries where period = '2026-10'")
    assert told == [("true_up", "provider_correction", "draft")]
    assert frozen(books) == before, "a closed month changed"


def test_both_views_stand_side_by_side(restated: tuple[Books, dict[str, str]]) -> None:
    books, _ = restated
    found = ask(
        books,
        "select coalesce(cost_center_id, ''), sum(reported), sum(adjusted), sum(restated) from rpt_restatement "
        "where service_period = '2026-09' and account_id <> '2110' group by 1 order by 1",
    )
    centers = {center: tuple(amounts) for center, *amounts in found}
    total = tuple(sum(amounts, Decimal(0)) for amounts in zip(*centers.values(), strict=True))
    assert total == (Decimal("12345.67"), Decimal("155.35"), Decimal("12501.02"))
    assert centers["CC200"] == (Decimal("4597.98"), Decimal("19.58"), Decimal("4617.56"))
    assert centers["CC300"] == (Decimal("325.46"), Decimal("10.88"), Decimal("336.34"))
    assert centers["CC400"] == (Decimal("195.27"), Decimal("6.53"), Decimal("201.80"))
    statement = dict(
        ask(
            books,
            "select cost_center_id, sum(amount_rounded) from rpt_cost_statement where period = '2026-09' group by 1",
        )
    )
    cents = {"CC100": "7226.96", "CC200": "4597.98", "CC300": "325.46", "CC400": "195.27"}
    assert statement == {center: Decimal(amount) for center, amount in cents.items()}, "as reported, for ever"


def test_another_run_and_another_warehouse_give_the_same_books(restated: tuple[Books, dict[str, str]]) -> None:
    books, before = restated
    october = lines(books, "2026-10")
    said = json.loads(done(books, "run", "--json"))
    assert not said["build"]["periods"]
    books.warehouse.unlink()
    done(books, "run")
    assert lines(books, "2026-10") == october
    assert frozen(books) == before


@pytest.mark.parametrize("tool", ["beancount", "hledger"])
def test_a_second_tool_finds_the_balances_of_ex_13(
    restated: tuple[Books, dict[str, str]], tool: str, tmp_path: Path
) -> None:
    books, _ = restated
    parts = []
    for period in ("2026-09", "2026-10"):
        path = tmp_path / f"{period}.{tool}"
        done(books, "export", "journal", period, "--format", tool, "--out", str(path))
        parts.append(path.read_text())
    assert all("1610" in part or "Software" in part or "progress" in part for part in parts)


def test_without_the_controllers_policy_everything_is_expense(tmp_path: Path) -> None:
    """EX-12 with allow_token_capitalisation false: CIP 0.00, expense 12,345.67, human-capital capex unchanged."""
    books = write_golden_company(tmp_path / "books", capitalise=False)
    deliver_golden(books, "2026-10-02T0600Z", BILLED)
    done(books, "run")
    found = lines(books, "2026-09")
    assert {account for _, account, _ in found} == {"2110", *EXPENSE.values()}
    assert sum(amount for (_, account, _), amount in found.items() if account != "2110") == Decimal("12345.67")
    people = ask(books, "select sum(amount) from fct_allocations where mgmt_class = 'human_capital_capex'")
    assert people == [(Decimal("10132.55"),)]
