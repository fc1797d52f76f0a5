"""Schema `ledger` of the warehouse: what dbt reads of the posted history. The columns are those of dbt's contracts."""

from functools import cache

import duckdb

from ingestion.documents import read_yaml
from pipeline.plan import PROJECT

# Rows of these are kept as reported when a period of an entity is closed.
REPORTED = (
    "rpt_cost_statement",
    "rpt_unallocated",
    "rpt_reconciliation",
    "rpt_classification_bridge",
    "rpt_allocation_basis",
    "rpt_exports",
)
# What a close keeps besides as evidence: the weights behind the posted shares, and what was to be seen to. Nothing
# reads it back: a rerun on restated data has weights of its own.
KEPT = {
    "fct_allocation_weights": "period = $period and weights_hash in (select weights_hash from finance.fct_allocations "
    "where period = $period and entity_id = $entity)",
    "rpt_exceptions": "period = $period and entity_id = $entity",
}
POSTINGS = "fct_postings"
STATES = {
    "periods": "entity_id varchar, period varchar, state varchar, batch varchar, company_hash varchar",
    "posting_periods": "entity_id varchar, period varchar",
}


@cache
def contract_columns(model: str) -> dict[str, str]:
    """Name and DuckDB type of each column that a dbt model's contract promises, in order."""
    for path in sorted((PROJECT / "models").glob("*/_*.yml")):
        for told in read_yaml(path.read_text(encoding="utf-8")).get("models") or ():
            if told["name"] == model:
                return {column["name"]: column["data_type"] for column in told["columns"]}
    raise LookupError(f"no dbt model {model} has a contract")


def ledger_columns() -> dict[str, str]:
    """The tables of schema `ledger` and their columns as SQL: `postings`, `periods`, the rpt_ tables as reported."""
    kept = {"postings": POSTINGS, **{model: model for model in REPORTED}}
    typed = {
        table: ", ".join(f'"{n}" {t}' for n, t in contract_columns(model).items()) for table, model in kept.items()
    }
    return {**STATES, **typed}


def write_empty_ledger(con: duckdb.DuckDBPyConnection) -> None:
    """Schema `ledger` of books in which nothing was ever closed: every table, no row."""
    con.execute("create schema if not exists ledger")
    for table, columns in ledger_columns().items():
        con.execute(f"create or replace table ledger.{table} ({columns})")
