"""The checked company into the warehouse: schema `company` without names, schema `restricted` with them."""

import hmac
from hashlib import sha256
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.company.checking import CompanyInputs
from pipeline.company.policy_rows import (
    MANAGEMENT_RULES,
    STATUTORY_POLICIES,
    STATUTORY_RULES,
    management_rows,
    statutory_rows,
    statutory_rule_rows,
)

RESTRICTED = ("compensation",)
ACCOUNTS = pa.schema(
    [
        (name, pa.string())
        for name in ("source", "account", "entity_id", "invoiced_as", "tax_recoverable", "cost_center_id")
    ]
)
METERS = pa.schema([(name, pa.string()) for name in ("source", "account", "usage_source", "usage_account")])
FX_POLICIES = pa.schema(
    [("method", pa.string()), ("days_back", pa.int32()), ("valid_from", pa.date32()), ("valid_to", pa.date32())]
)
SETTINGS = pa.schema([("key", pa.string()), ("value", pa.string())])


def load_company(con: duckdb.DuckDBPyConnection, inputs: CompanyInputs) -> None:
    """Replace the schemas `company` and `restricted` by `inputs`, in one transaction.

    `company` has every CSV as a table of the same columns, typed, but employees without name and e-mail and with
    `employee_key`; besides accounts, meters, settings, management_rules, statutory_rules, statutory_policies.
    `restricted` has employees(employee_id, employee_key, name, email) and compensation.
    """
    con.execute("begin")
    try:
        con.execute("create schema if not exists company; create schema if not exists restricted")
        for name, table in (_public(inputs) | _from_documents(inputs)).items():
            _write(con, f"company.{name}", table)
        for name, table in _private(inputs).items():
            _write(con, f"restricted.{name}", table)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def pseudonym(secret: bytes, employee_id: str) -> str:
    """16 hex digits that stand for a person wherever names must not be: HMAC-SHA256 of the id."""
    return hmac.new(secret, employee_id.encode(), sha256).hexdigest()[:16]


def _public(inputs: CompanyInputs) -> dict[str, pa.Table]:
    tables = {name: table for name, table in inputs.tables.items() if name not in RESTRICTED}
    people = _keyed(inputs).drop_columns(["name", "email"])
    rest = [name for name in people.column_names if name not in ("employee_id", "employee_key")]
    return tables | {"employees": people.select(["employee_id", "employee_key", *rest])}


def _private(inputs: CompanyInputs) -> dict[str, pa.Table]:
    people = _keyed(inputs).select(["employee_id", "employee_key", "name", "email"])
    return {"employees": people, **{name: inputs.tables[name] for name in RESTRICTED}}


def _keyed(inputs: CompanyInputs) -> pa.Table:
    people = inputs.tables["employees"]
    keys = [pseudonym(inputs.secret or b"", employee) for employee in people["employee_id"].to_pylist()]
    return people.append_column("employee_key", pa.array(keys, pa.string()))


def _from_documents(inputs: CompanyInputs) -> dict[str, pa.Table]:
    policies = list(inputs.policies)
    accounts = [
        {
            "source": one.source,
            "account": one.account,
            "entity_id": one.entity,
            "invoiced_as": one.invoiced_as,
            "tax_recoverable": str(one.tax_recoverable).lower(),
            "cost_center_id": one.cost_center,
        }
        for one in inputs.settings.accounts
    ]
    settings: list[dict[str, Any]] = [{"key": key, "value": value} for key, value in inputs.settings.rows()]
    # for what dbt has to hide by itself: of no use for the pseudonyms of employees
    settings.append({"key": "pseudonym_salt", "value": pseudonym(inputs.secret or b"", "salt of what dbt hides")})
    return {
        "management_rules": pa.Table.from_pylist(management_rows(policies), MANAGEMENT_RULES),
        "statutory_policies": pa.Table.from_pylist(
            statutory_rows(policies, inputs.settings.capitalization_threshold), STATUTORY_POLICIES
        ),
        "statutory_rules": pa.Table.from_pylist(statutory_rule_rows(policies), STATUTORY_RULES),
        "accounts": pa.Table.from_pylist(accounts, ACCOUNTS),
        "meters": pa.Table.from_pylist(list(inputs.settings.meters()), METERS),
        "fx_policies": pa.Table.from_pylist(list(inputs.settings.fx_policies()), FX_POLICIES),
        "settings": pa.Table.from_pylist(settings, SETTINGS),
    }


def _write(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("incoming", table)
    con.execute(f"create or replace table {name} as select * from incoming")
    con.unregister("incoming")
