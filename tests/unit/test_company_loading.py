"""The company in the warehouse: typed, every table there, no name, e-mail or salary outside `restricted`."""

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from pipeline.company import check_company, load_company, write_empty_company
from pipeline.company.declared import contract
from pipeline.sample import write_company
from pipeline.sample.labs import received


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books that hold the sample company and no exports."""
    home = tmp_path_factory.mktemp("books")
    write_company(home)
    return home


@pytest.fixture(scope="module")
def con(home: Path) -> duckdb.DuckDBPyConnection:
    """A warehouse with the sample company in it, loaded twice."""
    con = duckdb.connect()
    inputs = check_company(home / "company")
    load_company(con, inputs)
    load_company(con, inputs)
    return con


def test_the_sample_company_is_sound(home: Path) -> None:
    assert check_company(home / "company").warnings == ()


def test_every_file_of_the_contract_is_a_table_of_its_columns(con: duckdb.DuckDBPyConnection) -> None:
    columns: dict[str, list[str]] = {}
    for schema, table, column in con.execute(
        "select table_schema, table_name, column_name from information_schema.columns order by ordinal_position"
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", []).append(column)
    for name, table in contract().items():
        if name not in ("employees", "compensation"):
            assert columns[f"company.{name}"] == list(table.columns)
    assert columns["restricted.compensation"] == list(contract()["compensation"].columns)
    assert columns["restricted.employees"] == ["employee_id", "employee_key", "name", "email"]
    assert "company.compensation" not in columns
    assert {"company.accounts", "company.settings", "company.management_rules", "company.statutory_policies"} < set(
        columns
    )


def test_no_name_email_or_salary_is_in_the_open_schema(con: duckdb.DuckDBPyConnection) -> None:
    names = [name for row in con.execute("select name, email from restricted.employees").fetchall() for name in row]
    salaries = {str(row[0]) for row in con.execute("select base_salary from restricted.compensation").fetchall()}
    assert len(names) > 80
    tables = con.execute("select table_name from duckdb_tables() where schema_name = 'company'").fetchall()
    for (table,) in tables:
        if table != "credentials":  # e-mail is a key there, which attribution needs and `published/` never sees
            text = str(con.execute(f"select * from company.{table}").fetchall())
            assert not [name for name in names if name in text], table
    people = str(con.execute("select * from company.employees").fetchall())
    assert not [salary for salary in salaries if salary in people]


def test_pseudonyms_are_an_hmac_of_the_id_and_the_company_secret(home: Path, con: duckdb.DuckDBPyConnection) -> None:
    secret = (home / "company" / "pseudonym.key").read_bytes().strip()
    expected = hmac.new(secret, b"E001", hashlib.sha256).hexdigest()[:16]
    assert con.execute("select employee_key from company.employees where employee_id = 'E001'").fetchall() == [
        (expected,)
    ]
    assert con.execute("select count(distinct employee_key) from company.employees").fetchall() == [(48,)]


def test_the_secret_is_readable_by_its_owner_only(home: Path) -> None:
    assert (home / "company" / "pseudonym.key").stat().st_mode & 0o777 == 0o600


def test_types_are_exact(con: duckdb.DuckDBPyConnection) -> None:
    types = dict(
        con.execute(
            "select table_name || '.' || column_name, data_type from information_schema.columns "
            "where table_schema = 'company'"
        ).fetchall()
    )
    assert types["cost_center_assignments.share"] == "DECIMAL(9,6)"
    assert types["fx_rates.rate"] == "DECIMAL(18,8)"
    assert types["budgets.guaranteed"] == "BOOLEAN"
    assert types["employees.valid_to"] == "DATE"
    assert types["management_rules.effective_from"] == "DATE"
    assert not {name for name, kind in types.items() if kind in ("DOUBLE", "FLOAT")}


def test_settings_and_accounts_come_from_tokenbooks_yml(con: duckdb.DuckDBPyConnection) -> None:
    settings = dict(con.execute("select key, value from company.settings").fetchall())
    assert settings["book"] == "US_GAAP"
    assert settings["tag_cost_center"] == "cost_center"
    assert settings["materiality_amount"] == "250.00"
    accounts = con.execute("select source, account, entity_id from company.accounts").fetchall()
    assert ("focus", "acme-aws", "US01") in accounts
    assert ("aws_cur", "labs-aws", "US01") in accounts
    assert len(accounts) == 5 + sum(source.dataset == "charges" for source, _ in received())


def test_every_framework_has_a_default_on_every_day_of_the_sample(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select framework, default_treatment from company.statutory_policies "
        "where effective_from <= date '2026-08-01' and effective_to is null order by 1"
    ).fetchall()
    assert found == [("ifrs", "expense"), ("tax_us", "expense"), ("us_gaap", "expense")]


def test_the_hash_follows_every_file(home: Path, tmp_path: Path) -> None:
    write_company(tmp_path)
    before = check_company(tmp_path / "company").hash
    assert before == check_company(home / "company").hash
    policy = tmp_path / "company" / "policies" / "tax-us-v1.yml"
    policy.write_text(policy.read_text() + "# approved in writing\n")
    assert check_company(tmp_path / "company").hash != before


def test_an_empty_company_is_sound_and_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text("entity_id,name,functional_currency,cutoff_timezone\nUS01,Mine,USD,UTC\n")
    write_empty_company(tmp_path)
    secret = (tmp_path / "pseudonym.key").read_bytes()
    write_empty_company(tmp_path)
    inputs = check_company(tmp_path)
    assert (tmp_path / "pseudonym.key").read_bytes() == secret
    assert inputs.tables["entities"].num_rows == 1
    assert inputs.tables["posting_rules"].num_rows > 0
    con = duckdb.connect()
    load_company(con, inputs)
    assert con.execute("select count(*) from company.employees").fetchall() == [(0,)]
    assert con.execute("select count(*) from company.management_rules").fetchall() != [(0,)]


def test_two_new_companies_have_different_secrets(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_empty_company(tmp_path / name)
    assert (tmp_path / "one" / "pseudonym.key").read_bytes() != (tmp_path / "two" / "pseudonym.key").read_bytes()


def test_what_meters_an_account_is_a_row_each(tmp_path: Path) -> None:
    write_company(tmp_path)
    settings = tmp_path / "company" / "tokenbooks.yml"
    account = settings.read_text().split("accounts:")[1].split("}")[0]
    meters = "metered_by: [litellm_spend_logs/acme-gateway, codex_logs/laptops]"
    settings.write_text(settings.read_text().replace(account, f"{account}, {meters}", 1))
    con = duckdb.connect()
    load_company(con, check_company(tmp_path / "company"))
    found = con.execute("select usage_source, usage_account from company.meters order by 1").fetchall()
    assert found == [("codex_logs", "laptops"), ("litellm_spend_logs", "acme-gateway")]
    assert con.execute("select count(distinct (source, account)) from company.meters").fetchall() == [(1,)]
