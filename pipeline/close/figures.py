"""What a month of an entity says, as hashes: what is prepared is told from what is approved by these.

Read from schema `finance` of the warehouse. A hash is the sha256 over the rows as text, in an order of their own.
"""

from typing import Any

import duckdb

from pipeline.content import digest
from pipeline.ledger_tables import REPORTED

# Never changes: the hash of a month closed years ago must come out again.
BALANCE = """
    select entity_id, book, currency, account_id,
        cast(sum(debit) as decimal(28, 4)) as debit, cast(sum(credit) as decimal(28, 4)) as credit
    from {postings} where entity_id = $entity and period = $period
    group by entity_id, book, currency, account_id
"""


def figures(con: duckdb.DuckDBPyConnection, period: str, entity: str) -> dict[str, str]:
    """Hashes of the journal (lines of the entity's books, and those it causes elsewhere), trial balance, statements."""
    asked = {"entity": entity, "period": period}
    journal = "select * from finance.fct_postings where period = $period and $entity in (entity_id, origin_entity_id)"
    found = {"journal": told(con, journal, asked), "trial_balance": trial_balance_hash(con, period, entity)}
    for model in REPORTED:
        rows = f"select * from finance.{model} where period = $period and entity_id = $entity"
        found[model] = told(con, rows, asked)
    return found


def trial_balance_hash(
    con: duckdb.DuckDBPyConnection, period: str, entity: str, postings: str = "finance.fct_postings"
) -> str:
    """The hash of an entity's trial balance of one month, from the journal or from posted lines (INV-13)."""
    return told(con, BALANCE.format(postings=postings), {"entity": entity, "period": period})


def trial_balance(con: duckdb.DuckDBPyConnection, period: str, entity: str) -> list[dict[str, str]]:
    """One row per account and currency, amounts as text, for the person who approves."""
    rows = con.execute(
        "select account_id, any_value(account_name), currency, sum(debit), sum(credit), sum(debit) - sum(credit) "
        "from finance.fct_postings where entity_id = ? and period = ? group by account_id, currency order by all",
        [entity, period],
    ).fetchall()
    names = ("account_id", "account_name", "currency", "debit", "credit", "balance")
    return [{name: str(value) for name, value in zip(names, row, strict=True)} for row in rows]


def told(con: duckdb.DuckDBPyConnection, rows: str, asked: dict[str, Any]) -> str:
    """The sha256 of a query's rows as text, sorted."""
    return digest(con.execute(f"select cast(t as varchar) from ({rows}) as t order by 1", asked).fetchall())
