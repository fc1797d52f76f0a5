"""Published books with a journal given by hand: entries of any entity and currency on the default chart of accounts."""

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from pipeline.ledger_tables import POSTINGS, contract_columns
from pipeline.serving import warehouse_reader, write_database
from pipeline.settings import Books

DEFAULTS = Path(__file__).parent.parent / "pipeline" / "company" / "defaults"
CHART = {
    row["account_id"]: row for row in csv.DictReader((DEFAULTS / "chart_of_accounts.csv").read_text().splitlines())
}
Row = dict[str, Any]


def entry(label: str, *lines: Mapping[str, Any], **shared: Any) -> list[Row]:
    """The postings of one entry: `account_id` and signed `amount` a line, a debit positive; the rest has defaults.

    The functional amount is the amount times `fx_rate`, unless a line gives `functional`.
    """
    base = {
        "entry_id": sha256(label.encode()).hexdigest(),
        "book": "US_GAAP",
        "entity_id": "US01",
        "period": "2026-09",
        "posting_date": "2026-09-30",
        "kind": "accrual",
        "cause": "period_end",
        "currency": "USD",
        "policy_hash": "sha-of-policies",
        "status": "posted",
    }
    rows = []
    for number, line in enumerate(lines, start=1):
        row = {**base, "line_no": number, **shared, **line}
        known = CHART.get(row["account_id"], {})
        amount, rate = Decimal(row.pop("amount")), Decimal(row.get("fx_rate") or 1)
        functional = Decimal(row.pop("functional", amount * rate))
        rows.append(
            {
                "posting_id": f"{row['entry_id']}:{number}",
                "service_period": row["period"],
                "event": row["kind"],
                "origin_entity_id": row["entity_id"],
                "account_name": known.get("name"),
                "account_type": known.get("account_type"),
                "natural_class": known.get("natural_class"),
                "functional_currency": row["currency"],
                **row,
                **dict(zip(("debit", "credit"), _sides(amount), strict=True)),
                **dict(zip(("functional_debit", "functional_credit"), _sides(functional), strict=True)),
            }
        )
    return rows


def line(account_id: str, amount: str, cost_center_id: str | None = None, **more: Any) -> Row:
    """One line of an entry."""
    return {"account_id": account_id, "amount": amount, "cost_center_id": cost_center_id, **more}


def golden() -> list[Row]:
    """accounting.md EX-12: the golden month's accrual, with capitalisation allowed and evidenced."""
    return entry(
        "EX-12",
        line("1610", "4200.00", "CC100", project_id="proj-A", module_id="mod-1"),
        line("5100", "195.27", "CC400", function="cost_of_revenue"),
        line("6100", "3026.96", "CC100", function="rnd"),
        line("6110", "4597.98", "CC200", function="sales_marketing"),
        line("6120", "325.46", "CC300", function="gna"),
        line("2110", "-12345.67"),
    )


def published(home: Path, postings: Iterable[Row]) -> Books:
    """Books whose published database holds these postings, made as publishing makes it."""
    books = Books.create(home)
    with duckdb.connect(str(books.warehouse)) as con:
        con.execute("drop schema if exists finance cascade; create schema finance; use finance")
        columns = contract_columns(POSTINGS) | {"status": "varchar"}
        con.execute(f"create table finance.fct_postings ({', '.join(f'{n} {t}' for n, t in columns.items())})")
        for row in postings:
            names = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            con.execute(f"insert into finance.fct_postings ({names}) values ({marks})", list(row.values()))
        con.execute(
            "create table finance.fct_journal_entries as select distinct entry_id, status from finance.fct_postings"
        )
        con.execute("alter table finance.fct_postings drop column status")
    with warehouse_reader(books.warehouse) as con:
        write_database(con, books.published / "finance.duckdb", ["fct_journal_entries", "fct_postings"])
    return books


def _sides(amount: Decimal) -> tuple[Decimal, Decimal]:
    return max(amount, Decimal(0)), max(-amount, Decimal(0))
