"""A small warehouse for tests of the dbt project: schemas `lake`, `company` and `ledger`, as `build` writes them.

Tables are given as lists of dictionaries; a column that is left out is null, a table that is left out is empty.
"""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.focus import DATASETS, duckdb_type
from pipeline.company.policy_rows import MANAGEMENT_RULES, STATUTORY_POLICIES, STATUTORY_RULES
from pipeline.ledger_tables import REPORTED, ledger_columns
from tests import dbt_process

Row = Mapping[str, Any]


def columns_of(schema: pa.Schema) -> str:
    """The columns of an Arrow schema as DuckDB declares them."""
    flag = {pa.bool_(): "BOOLEAN"}
    return ", ".join(f'"{field.name}" {flag.get(field.type) or duckdb_type(field.type)}' for field in schema)


LAKE = {
    "coverage": "load_id varchar, source varchar, account varchar, dataset varchar, window_by varchar, "
    "day_from date, day_to date",
    "loads": "load_id varchar, source varchar, account varchar, dataset varchar, sha256 varchar, rows bigint, "
    "as_of timestamp, window_from date, window_to date",
    "sources": "source varchar, title varchar, provider varchar, dataset varchar, statement varchar, rank integer",
    "drivers": "cost_source varchar, usage_source varchar",
    "build_periods": "period varchar, start_date date, end_date date",
    "prices": "model varchar, token_class varchar, service_tier varchar, context_from bigint, context_to bigint, "
    "unit_price decimal(19, 12), by_hour boolean, valid_from date, valid_to date",
    "currencies": "currency varchar, minor_units integer",
}
SPAN = "valid_from date, valid_to date"
COMPANY = {
    "entities": "entity_id varchar, name varchar, functional_currency varchar, cutoff_timezone varchar",
    "accounts": "source varchar, account varchar, entity_id varchar, invoiced_as varchar, tax_recoverable varchar, "
    "cost_center_id varchar",
    "meters": "source varchar, account varchar, usage_source varchar, usage_account varchar",
    "settings": "key varchar, value varchar",
    "cost_centers": "cost_center_id varchar, name varchar, function varchar, entity_id varchar, parent_id varchar, "
    "successor_id varchar, " + SPAN,
    "employees": "employee_id varchar, employee_key varchar, worker_type varchar, role_family varchar, "
    "fte decimal(9, 6), manager_id varchar, " + SPAN,
    "cost_center_assignments": "employee_id varchar, cost_center_id varchar, share decimal(9, 6), " + SPAN,
    "services": "service_id varchar, name varchar, owner_employee_id varchar, workload varchar, "
    "cost_center_id varchar, " + SPAN,
    "projects": "project_id varchar, name varchar, entity_id varchar, project_type varchar, cost_center_id varchar, "
    "location_of_work varchar, " + SPAN,
    "credentials": "source varchar, account varchar, kind varchar, value varchar, owner_type varchar, "
    "owner_id varchar, project_id varchar, activity varchar, " + SPAN,
    "allocation_rules": "rule_id varchar, priority integer, source varchar, account varchar, service_id varchar, "
    "sub_account varchar, method varchar, targets varchar, basis varchar, on_date date, "
    + SPAN
    + ", approved_by varchar",
    "chart_of_accounts": "account_id varchar, name varchar, account_type varchar, natural_class varchar",
    "posting_rules": "event varchar, treatment varchar, function varchar, debit_account varchar, "
    "credit_account varchar, " + SPAN,
    "fiscal_periods": "entity_id varchar, period varchar, start_date date, end_date date",
    "fx_rates": "rate_date date, from_currency varchar, to_currency varchar, rate decimal(18, 8), rate_type varchar, "
    "rate_source varchar",
    "price_agreements": "source varchar, account varchar, model varchar, token_class varchar, "
    "unit_quantity decimal(18, 6), unit_price decimal(28, 12), currency varchar, "
    + SPAN
    + ", service_tier varchar, context_window varchar",
    "prepaid_lots": "lot_id varchar, source varchar, account varchar, kind varchar, purchased_on date, "
    "face_amount decimal(28, 12), cost_amount decimal(28, 12), currency varchar, expires_on date",
    "payments": "payment_id varchar, source varchar, account varchar, paid_on date, settles varchar, "
    "amount decimal(28, 12), currency varchar, functional_amount decimal(28, 12)",
    "fx_policies": "method varchar, days_back integer, " + SPAN,
    "modules": "module_id varchar, project_id varchar, name varchar, depends_on varchar, useful_life_months bigint, "
    "life_memo_ref varchar, life_memo_date date",
    "asset_changes": "project_id varchar, module_id varchar, change varchar, effective_date date, months bigint, "
    "amount decimal(28, 12), memo_ref varchar, memo_date date, recorded_by varchar, approved_by varchar",
    "gate_events": "project_id varchar, module_id varchar, gate varchar, event_date date, evidence_ref varchar, "
    "recorded_by varchar, approved_by varchar",
    "manual_overrides": "override_id varchar, charge_ref varchar, field varchar, value varchar, reason varchar, "
    "requested_by varchar, approved_by varchar, expires_on date",
    "management_rules": columns_of(MANAGEMENT_RULES),
    "statutory_rules": columns_of(STATUTORY_RULES),
    "statutory_policies": columns_of(STATUTORY_POLICIES),
}


def write_warehouse(path: Path, tables: Mapping[str, Iterable[Row]]) -> Path:
    """Write the DuckDB file; `tables` maps `lake.charges`, `company.employees`, ... to their rows."""
    columns = {f"lake.{name}": text for name, text in LAKE.items()}
    columns |= {f"company.{name}": text for name, text in COMPANY.items()}
    columns |= {f"ledger.{name}": text for name, text in ledger_columns().items()}
    for dataset, schema in DATASETS.items():
        typed = ", ".join(f'"{field.name}" {duckdb_type(field.type)}' for field in schema)
        columns[f"lake.{dataset}"] = typed + ", period varchar"
    unknown = set(tables) - set(columns)
    assert not unknown, f"no such table: {unknown}"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema if not exists lake; create schema if not exists company")
        con.execute("create schema if not exists ledger")
        for table, text in columns.items():
            con.execute(f"create or replace table {table} ({text})")
            for row in tables.get(table, ()):
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join("?" for _ in row)
                con.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))
    return path


def charge(day: str, cost: str, row: int, **more: Any) -> dict[str, Any]:
    """One charge of account `acme` under load `L1`; `more` overrides any column."""
    base: dict[str, Any] = {
        "ChargePeriodStart": f"{day} 00:00:00",
        "BillingPeriodStart": f"{day[:7]}-01 00:00:00",
        "BilledCost": cost,
        "EffectiveCost": None,
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "x_Source": "bills",
        "x_Account": "acme",
        "x_LoadId": "L1",
        "x_SourceRow": row,
        "period": day[:7],
    }
    return {**base, **more}


def use(day: str, tokens: int, row: int, **more: Any) -> dict[str, Any]:
    """One row of metered use of account `acme` under load `U1`."""
    base: dict[str, Any] = {
        "UsageDate": day,
        "Quantity": tokens,
        "Unit": "tokens",
        "x_Source": "meter",
        "x_Account": "acme",
        "x_LoadId": "U1",
        "x_SourceRow": row,
        "period": day[:7],
    }
    return {**base, **more}


def price(model: str, token_class: str, per_token: str, **more: Any) -> dict[str, Any]:
    """A list price in dollars of standard use, for ever and for requests of any length."""
    base = {"model": model, "token_class": token_class, "service_tier": "standard", "context_from": 0}
    dated = {"by_hour": False, "valid_from": "1970-01-01", "valid_to": "9999-12-31"}
    return {**base, "unit_price": per_token, **dated, **more}


def run_dbt(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run dbt over the warehouse in a process of its own, as the product does; its output is in the result."""
    assert warehouse.name == "warehouse.duckdb", "the project was read for a database of that name"
    target = str(warehouse.parent / "dbt")
    options = ["--target-path", target, "--log-path", target]
    if arguments[0] == "build":
        options += ["--exclude-resource-type", "unit_test", "--threads", "1"]
    # what is as small as this takes longer on two threads, and another test has the other core
    return dbt_process.run([*arguments, *options], {"TOKENBOOKS_WAREHOUSE": str(warehouse), "TOKENBOOKS_THREADS": "1"})


def build(warehouse: Path, *arguments: str) -> None:
    """`dbt build`, all models and tests; an assertion with dbt's own words when anything fails."""
    result = run_dbt(warehouse, "build", *arguments)
    assert result.returncode == 0, result.stdout[-6000:]


def close(warehouse: Path, entity: str, period: str, first_open: str) -> None:
    """Post the drafts of an entity's month as `close` does: lines and statement rows into schema `ledger`, then lock.

    Take it before `write_warehouse` fills the next build's inputs, and give those the tables of `history`.
    """
    asked = {"entity": entity, "period": period}
    where = "entity_id = $entity and period = $period"
    with duckdb.connect(str(warehouse)) as con:
        drafted = "select entry_id from finance.fct_journal_entries where status = 'draft'"
        con.execute(
            f"insert into ledger.postings from finance.fct_postings where {where} and entry_id in ({drafted})", asked
        )
        for model in REPORTED:
            con.execute(f"delete from ledger.{model} where {where}", asked)
            con.execute(f"insert into ledger.{model} from finance.{model} where {where}", asked)
        con.execute(f"delete from ledger.periods where {where}", asked)
        con.execute("insert into ledger.periods (entity_id, period, state) values ($entity, $period, 'closed')", asked)
        con.execute("delete from ledger.posting_periods where entity_id = ?", [entity])
        con.execute("insert into ledger.posting_periods values (?, ?)", [entity, first_open])


def history(warehouse: Path) -> dict[str, list[dict[str, Any]]]:
    """Schema `ledger` as it stands, in the form that `write_warehouse` takes."""
    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for table in ledger_columns():
            result = con.execute(f"from ledger.{table}")
            names = [column[0] for column in result.description]
            found[f"ledger.{table}"] = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return found


def rows(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """The answer to a query on a built warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()


def key(owner: str, owner_type: str = "employee") -> dict[str, Any]:
    """A dedicated key of an owner, called `key-of-<owner>`."""
    return {
        "source": "*",
        "account": "*",
        "kind": "api_key_id",
        "value": f"key-of-{owner}",
        "owner_type": owner_type,
        "owner_id": owner,
        "valid_from": "2020-01-01",
    }


def month(period: str, charges: list[dict[str, Any]], usage: Iterable[Row] = ()) -> dict[str, Iterable[Row]]:
    """Charges and use of one period, covered whole by the loads L1 and U1, and that period to build."""
    start = f"{period}-01"
    year, number = int(period[:4]), int(period[5:])
    end = f"{year + number // 12}-{number % 12 + 1:02d}-01"
    pieces = [("L1", "bills", "charges"), ("U1", "meter", "usage")]
    return {
        "lake.charges": charges,
        "lake.usage": usage,
        "lake.build_periods": [{"period": period, "start_date": start, "end_date": end}],
        "lake.coverage": [
            {
                "load_id": load,
                "source": source,
                "account": "acme",
                "dataset": dataset,
                "window_by": "charge",
                "day_from": start,
                "day_to": end,
            }
            for load, source, dataset in pieces
        ],
        "lake.loads": [
            {"load_id": load, "source": source, "account": "acme", "dataset": dataset, "rows": len(charges)}
            for load, source, dataset in pieces
        ],
    }
