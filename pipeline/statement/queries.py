"""What the statement asks of schema `finance`: one query per table, each for one period, entity and currency.

Sums of `amount_rounded` are what was posted; exact amounts are asked for only where no posted ones exist.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.settings import BooksError
from pipeline.statement.labels import POOL

Row = dict[str, Any]

REQUIRED = (
    "fct_charges",
    "fct_journal_entries",
    "fct_postings",
    "rpt_allocation_basis",
    "rpt_classification_bridge",
    "rpt_cost_statement",
    "rpt_expected_billed",
    "rpt_exports",
    "rpt_period_amounts",
    "rpt_reconciliation",
    "rpt_trial_balance",
    "rpt_unallocated",
)

BLOCKS = f"""
select period, entity_id, currency, sum(amount) as amount, sum(pooled) as pooled from (
    select period, entity_id, currency, amount_rounded as amount,
        case when cost_center_id = '{POOL}' then amount_rounded else 0 end as pooled
    from finance.rpt_cost_statement
    union all
    select period, entity_id, currency, 0, 0 from finance.fct_journal_entries
)
group by period, entity_id, currency
order by period, count(*) desc, entity_id, currency
"""

_BLOCK = "period = $period and entity_id = $entity_id and currency = $currency"
# The legs of the journal that bear a month's cost, as expense or asset.
_BEARS_COST = "function is not null and event in ('accrual', 'drawdown', 'chargeback')"

# Bill, reconciliation and pool are kept per account. One entity pays an account; others may bear parts of its cost.
_PAID = f"(select distinct source, account from finance.fct_charges where {_BLOCK})"
_ACCOUNTS = f"period = $period and currency = $currency and (source, account) in {_PAID}"

QUERIES = {
    "months": """
        select period, sum(amount_rounded) as amount from finance.rpt_cost_statement
        where period <= $period and entity_id = $entity_id and currency = $currency
        group by period order by period desc limit 13
    """,
    "slices": f"""
        select provider, source, account, model, cost_center_id, cost_center_name, function, bearer_type, mgmt_class,
            sum(amount_rounded) as amount
        from finance.rpt_cost_statement where {_BLOCK}
        group by all order by all
    """,
    "pool": f"""
        select source, account, model, pool_reason,
            case when sub_account_id like '%@%' then '(withheld)' else sub_account_id end as workspace,
            max(age_days) as age_days, min(oldest_charge_date) as oldest_charge_date,
            sum(charges) as charges, sum(amount) as amount
        from finance.rpt_unallocated where {_ACCOUNTS}
        group by all order by amount desc, 1, 2, 3, 4, 5
    """,
    "reconciliation": f"""
        with borne as (
            select source, account, coalesce(sum(amount_rounded) filter (cost_center_id = '{POOL}'), 0) as pooled,
                coalesce(sum(amount_rounded) filter (entity_id <> $entity_id), 0) as elsewhere
            from finance.rpt_cost_statement where period = $period and currency = $currency group by source, account
        )
        select source, account, charge_rows, billed_cost, not_recognized, posted_rounded as posted, difference,
            coalesce(borne.pooled, 0) as pooled, coalesce(elsewhere, 0) as elsewhere
        from finance.rpt_reconciliation left join borne using (source, account) where {_ACCOUNTS}
        order by source, account
    """,
    "charged_from_others": f"""
        select coalesce(sum(amount_rounded), 0) as amount from finance.rpt_cost_statement
        where {_BLOCK} and (source, account) not in {_PAID}
    """,
    "entries": f"""
        select book, entry_id, posting_date, kind, lines
        from finance.fct_journal_entries where {_BLOCK} order by book, posting_date, entry_id
    """,
    "journal": f"""
        select book, account_id, account_name, account_type, count(*) as lines,
            sum(debit) as debit, sum(credit) as credit,
            coalesce(sum(debit - credit) filter (service_period = period and {_BEARS_COST}), 0) as cost
        from finance.fct_postings where {_BLOCK}
        group by all order by book, account_id
    """,
    "booked": f"""
        select attributed, pool, adjusted, posted, draft, total from finance.rpt_period_amounts where {_BLOCK}
    """,
    "adjustments": f"""
        select service_period, cause, account_id, account_name, coalesce(project_id, cost_center_id) as place,
            sum(debit - credit) as amount
        from finance.fct_postings where {_BLOCK} and service_period <> period and {_BEARS_COST}
        group by all having sum(debit - credit) <> 0 order by all
    """,
    "restated": f"""
        with lines as (
            select p.account_id, p.account_name, coalesce(p.project_id, p.cost_center_id, '{POOL}') as place,
                p.debit - p.credit as amount, e.status = 'posted' and p.period = p.service_period as is_reported
            from finance.fct_postings as p inner join finance.fct_journal_entries as e using (entry_id)
            where p.service_period = $period and p.entity_id = $entity_id and p.currency = $currency
                and p.function is not null and p.event in ('accrual', 'drawdown', 'chargeback')
        )
        select account_id, account_name, place, coalesce(sum(amount) filter (is_reported), 0) as reported,
            coalesce(sum(amount) filter (not is_reported), 0) as adjusted, sum(amount) as restated
        from lines where (select bool_or(is_reported) from lines) group by all order by account_id, place
    """,
    "trial_balance": f"""
        select book, account_id, account_name, account_type, debit, credit, balance
        from finance.rpt_trial_balance where {_BLOCK} order by book, account_id
    """,
    "bridge": f"""
        select mgmt_class, us_gaap_treatment, reason, sum(amount) as amount
        from finance.rpt_classification_bridge where {_BLOCK}
        group by all order by mgmt_class, amount desc, us_gaap_treatment, reason
    """,
    "methods": f"""
        select grade, method, bearer_type = 'pool' as in_pool, sum(amount) as amount
        from finance.rpt_allocation_basis where {_BLOCK}
        group by all order by grade, amount desc, method
    """,
    "expected": """
        select source, account, billed_tokens, expected_cost, difference, tolerance, status, unpriced_quantity,
            coalesce(string_split(nullif(unpriced_models, ''), ';'), []) as unpriced_models,
            coalesce(string_split(nullif(price_basis, ''), ';'), []) as price_basis,
            coalesce(string_split(nullif(price_notes, ''), ';'), []) as price_notes
        from finance.rpt_expected_billed
        where period = $period and entity_id = $entity_id and coalesce(currency, $currency) = $currency
        order by source, account
    """,
    "loads": f"""
        select load_id, source, account, dataset, left(sha256, 12) as sha256, window_from, window_to - 1 as window_last,
            strftime(as_of, '%Y-%m-%d %H:%M') as as_of, rows, billed_cost as billed, contributes, stated_by
        from finance.rpt_exports where {_BLOCK}
        order by dataset, source, account, load_id
    """,
    "work": f"""
        select project_id, activity, sum(amount) as amount from finance.rpt_allocation_basis
        where {_BLOCK} and coalesce(cost_center_id, '{POOL}') = $cost_center
        group by all order by amount desc, project_id, activity
    """,
}


class StatementError(BooksError):
    """A statement that cannot be shown, or that would not tie to the journal; the message says what to do."""


@contextmanager
def reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database `warehouse`, or `finance.duckdb` in that directory, opened to be read only.

    Raises StatementError when it is not there, is being written, or lacks a table of the statement.
    """
    path = warehouse / "finance.duckdb" if warehouse.is_dir() else warehouse
    if not path.is_file():
        raise StatementError(f"{path}: no such database; make it with `tokenbooks run`")
    try:
        # Attached under another name: in a database called finance, DuckDB finds `finance.x` ambiguous.
        con = duckdb.connect()
        con.execute("attach '" + str(path).replace("'", "''") + "' as books (read_only)")
        con.execute("use books")
    except duckdb.Error as error:
        raise StatementError(
            f"{path}: cannot be read now ({error}); wait for the build, or read the published one"
        ) from error
    try:
        missing = [name for name in REQUIRED if not has_table(con, "finance", name)]
        if missing:
            raise StatementError(f"{path}: finance.{', finance.'.join(missing)} missing; run `tokenbooks build`")
        yield con
    finally:
        con.close()


def has_table(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether the database holds that table or view."""
    found = con.execute(
        "select 1 from information_schema.tables where table_schema = $schema and table_name = $name",
        {"schema": schema, "name": name},
    )
    return found.fetchone() is not None


def ask(con: duckdb.DuckDBPyConnection, sql: str, **values: str) -> list[Row]:
    """The rows of a query as dictionaries; money comes as Decimal. `values` are bound, those the SQL names."""
    result = con.execute(sql, {name: value for name, value in values.items() if f"${name}" in sql})
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
