"""Every fault of a company file is found, all at once, and told with file, row, column and cure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.findings import Finding
from pipeline.company import CompanyRefused, check_company

SOUND = {
    "pseudonym.key": "a secret of sixteen or more\n",
    "entities.csv": "entity_id,name,functional_currency,cutoff_timezone\nUS01,Acme,USD,UTC\n",
    "cost_centers.csv": (
        "cost_center_id,name,function,entity_id,parent_id,valid_from,valid_to\n"
        "CC1,Engineering,rnd,US01,,2020-01-01,\n"
        "CC2,Sales,sales_marketing,US01,CC1,2020-01-01,\n"
    ),
    "employees.csv": (
        "employee_id,name,email,worker_type,role_family,fte,valid_from,valid_to\n"
        "E1,Ada,ada@acme.example,employee,engineer,1,2024-01-01,\n"
        "E2,Bo,bo@acme.example,contractor,planner,0.5,2024-01-01,2026-07-01\n"
    ),
    "cost_center_assignments.csv": (
        "employee_id,cost_center_id,share,valid_from,valid_to\n"
        "E1,CC1,1,2024-01-01,2026-06-15\n"
        "E1,CC1,0.6,2026-06-15,\n"
        "E1,CC2,0.4,2026-06-15,\n"
        "E2,CC2,1,2024-01-01,\n"
    ),
    "credentials.csv": (
        "source,account,kind,value,owner_type,owner_id,project_id,activity,valid_from,valid_to\n"
        "*,acme,api_key_id,key_1,employee,E1,,,2024-01-01,2026-03-01\n"
        "*,acme,api_key_id,key_1,employee,E2,,,2026-03-01,\n"
        "*,acme,workspace_id,w1,shared,,,,2024-01-01,\n"
    ),
    "tokenbooks.yml": "accounts:\n  - {source: focus, account: acme, entity: US01}\n",
    "policies/management-v1.yml": (
        "policy_id: management\nversion: 1\neffective_from: 2020-01-01\nauthor: E2\napprover: E1\n"
        "rules:\n  - {id: M1, class: utility_opex, reason: DEFAULT}\n"
    ),
}

Company = Callable[..., Path]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Write the sound company with pieces of text replaced: company("employees.csv", "Ada", "Eve")."""

    def write(*changes: tuple[str, str, str]) -> Path:
        files = dict(SOUND)
        for name, old, new in changes:
            assert not old or files[name].count(old) >= 1, f"{old!r} is not in {name}: the test would change nothing"
            files[name] = files[name].replace(old, new, 1) if old else new
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def refusal(folder: Path) -> tuple[Finding, ...]:
    """The findings for which the company in `folder` is refused."""
    with pytest.raises(CompanyRefused) as refused:
        check_company(folder)
    for finding in refused.value.findings:
        assert finding.file, finding
        assert finding.message, finding
        assert finding.cure, finding
        assert finding.file in str(refused.value)
        assert finding.cure in str(refused.value)
    return refused.value.findings


def told(folder: Path) -> list[tuple[str, str, int | None, str | None]]:
    """(rule, file, row, column) of each finding of a refusal."""
    return [(found.rule, found.file, found.row, found.column) for found in refusal(folder)]


def test_a_sound_company_is_accepted(company: Company) -> None:
    inputs = check_company(company())
    assert inputs.warnings == ()
    assert inputs.tables["employees"].num_rows == 2
    assert len(inputs.hash) == 64


ASSIGNMENTS = "cost_center_assignments.csv"

FAULTS = {
    "overlapping assignments": (
        (ASSIGNMENTS, "2024-01-01,2026-06-15", "2024-01-01,2026-06-16"),
        {("overlap", ASSIGNMENTS, 2, "valid_from"), ("shares", ASSIGNMENTS, 3, "share")},
    ),
    "shares of 0.99": (
        (ASSIGNMENTS, "0.4", "0.39"),
        {("shares", ASSIGNMENTS, 3, "share")},
    ),
    "a gap of one day": (
        (ASSIGNMENTS, "2024-01-01,2026-06-15", "2024-01-01,2026-06-14"),
        {("gap", ASSIGNMENTS, 1, "valid_to")},
    ),
    "no assignment at all": (
        (ASSIGNMENTS, "E2,CC2,1,2024-01-01,\n", ""),
        {("gap", "employees.csv", 2, "employee_id")},
    ),
    "a key without an owner for one day": (
        ("credentials.csv", "2024-01-01,2026-03-01", "2024-01-01,2026-02-28"),
        {("gap", "credentials.csv", 2, "valid_from")},
    ),
    "a key with two owners on a day": (
        ("credentials.csv", "2024-01-01,2026-03-01", "2024-01-01,2026-03-02"),
        {("overlap", "credentials.csv", 2, "valid_from")},
    ),
    "a date that is none": (
        ("employees.csv", "2026-07-01", "2026-02-30"),
        {("type", "employees.csv", 2, "valid_to")},
    ),
    "a share with a comma": (
        ("employees.csv", "planner,0.5", 'planner,"0,5"'),
        {("type", "employees.csv", 2, "fte")},
    ),
    "a share with too many decimals": (
        ("employees.csv", "planner,0.5", "planner,0.1234567"),
        {("type", "employees.csv", 2, "fte")},
    ),
    "a value that is not allowed": (
        ("cost_centers.csv", "sales_marketing", "sales"),
        {("allowed", "cost_centers.csv", 2, "function")},
    ),
    "a required cell that is empty": (
        ("employees.csv", "engineer,1", ",1"),
        {("required", "employees.csv", 1, "role_family")},
    ),
    "a missing column": (
        (
            "entities.csv",
            "name,functional_currency,cutoff_timezone\nUS01,Acme,",
            "functional_currency,cutoff_timezone\nUS01,",
        ),
        {("missing-column", "entities.csv", 0, "name")},
    ),
    "a dangling reference": (
        ("cost_centers.csv", "US01,CC1", "US02,CC1"),
        {("dangling-reference", "cost_centers.csv", 2, "entity_id")},
    ),
    "an owner who is nobody": (
        ("credentials.csv", "employee,E2", "employee,E9"),
        {("dangling-reference", "credentials.csv", 2, "owner_id")},
    ),
    "an owner left out": (
        ("credentials.csv", "employee,E2", "employee,"),
        {("required", "credentials.csv", 2, "owner_id")},
    ),
    "a key twice": (
        ("entities.csv", "US01,Acme,USD,UTC\n", "US01,Acme,USD,UTC\nUS01,Acme,USD,UTC\n"),
        {("duplicate-key", "entities.csv", 2, "entity_id")},
    ),
    "dates reversed": (
        ("employees.csv", "2024-01-01,2026-07-01", "2024-01-01,2023-07-01"),
        {("dates-reversed", "employees.csv", 2, "valid_to")},
    ),
    "a row with a cell too few": (
        ("entities.csv", "US01,Acme,USD,UTC\n", "US01,Acme,USD,UTC\nIE01,Acme\n"),
        {("row", "entities.csv", 2, None)},
    ),
    "the entity of an account unknown": (
        ("tokenbooks.yml", "US01", "US02"),
        {("dangling-reference", "tokenbooks.yml", 2, "accounts.0.entity")},
    ),
    "a meter that meters nothing": (
        ("tokenbooks.yml", "entity: US01}", "entity: US01, metered_by: [openai_costs/acme]}"),
        {("dangling-reference", "tokenbooks.yml", 2, "accounts.0.metered_by")},
    ),
    "a meter without its account": (
        ("tokenbooks.yml", "entity: US01}", "entity: US01, metered_by: [litellm_spend_logs]}"),
        {("settings", "tokenbooks.yml", 2, "accounts.0.metered_by.0")},
    ),
    "the cost centre of an account unknown": (
        ("tokenbooks.yml", "entity: US01}", "entity: US01, cost_center: CC9}"),
        {("dangling-reference", "tokenbooks.yml", 2, "accounts.0.cost_center")},
    ),
    "an account with two entities": (
        (
            "tokenbooks.yml",
            "entity: US01}\n",
            "entity: US01}\n  - {source: focus, account: acme, entity: US01}\n",
        ),
        {("duplicate-key", "tokenbooks.yml", 3, "accounts.1.account")},
    ),
    "a setting unknown": (
        ("tokenbooks.yml", "accounts:", "bok: IFRS\naccounts:"),
        {("settings", "tokenbooks.yml", 1, "bok")},
    ),
    "a tolerance that YAML made a float": (
        ("tokenbooks.yml", "accounts:", "tolerance: {focus: 0.1}\naccounts:"),
        {("settings", "tokenbooks.yml", 1, "tolerance.focus")},
    ),
    "a tolerance for a source that states no cost": (
        ("tokenbooks.yml", "accounts:", 'tolerance: {focsu: "0.10"}\naccounts:'),
        {("dangling-reference", "tokenbooks.yml", 1, "tolerance.focsu")},
    ),
    "no secret for pseudonyms": (
        ("pseudonym.key", "", "\n"),
        {("secret", "pseudonym.key", None, None)},
    ),
    "an empty file": (
        ("entities.csv", "", ""),
        {("unreadable", "entities.csv", None, None)},
    ),
    "a column twice": (
        ("entities.csv", "entity_id,name", "entity_id,entity_id"),
        {("header", "entities.csv", 0, "entity_id"), ("missing-column", "entities.csv", 0, "name")},
    ),
}
# Of a file that cannot be read nothing is known, so what refers to it is found dangling as well.
TAKE_OTHERS_ALONG = {"an empty file", "a column twice"}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_row_and_column(company: Company, name: str) -> None:
    change, expected = FAULTS[name]
    found = told(company(change))
    if name in TAKE_OTHERS_ALONG:
        assert expected <= set(found)
    else:
        assert sorted(found, key=str) == sorted(expected, key=str)


def test_all_faults_are_told_at_once(company: Company) -> None:
    folder = company(
        ("employees.csv", "2024-01-01,2026-07-01", "2024-01-01,soon"),
        ("cost_centers.csv", "sales_marketing", "sales"),
        ("tokenbooks.yml", "US01", "US02"),
    )
    assert {("type", "employees.csv", 2, "valid_to"), ("allowed", "cost_centers.csv", 2, "function")} < set(
        told(folder)
    )
    assert {found.file for found in refusal(folder)} == {"employees.csv", "cost_centers.csv", "tokenbooks.yml"}


def test_a_message_names_the_days_the_sum_and_the_cure(company: Company) -> None:
    (found,) = refusal(company((ASSIGNMENTS, "0.4", "0.39")))
    assert "the shares of E1 sum to 0.99, not 1, from 2026-06-15 on" in str(found)
    assert "cost_center_assignments.csv, row 3, column share" in str(found)
    assert "make the shares of these days sum to 1" in str(found)


def test_a_gap_after_the_last_day_of_employment_is_none(company: Company) -> None:
    folder = company(("credentials.csv", "employee,E1,,,2024-01-01,2026-03-01", "employee,E2,,,2024-01-01,2026-08-01"))
    text = (folder / "credentials.csv").read_text().replace("E2,,,2026-03-01", "E2,,,2026-08-09")
    (folder / "credentials.csv").write_text(text)
    assert check_company(folder).warnings == ()


def test_an_unknown_column_and_an_unknown_file_only_warn(company: Company) -> None:
    folder = company(
        ("entities.csv", "UTC\n", "UTC,x\n"), ("entities.csv", "cutoff_timezone", "cutoff_timezone,colour")
    )
    (folder / "employes.csv").write_text("employee_id\n")
    found = check_company(folder).warnings
    assert [(one.rule, one.file, one.column) for one in found] == [
        ("unknown-column", "entities.csv", "colour"),
        ("unknown-file", "employes.csv", None),
    ]
    assert all(one.cure and one.severity == "warning" for one in found)


def test_a_renamed_column_is_recognised_in_the_cure(company: Company) -> None:
    (found,) = refusal(company(("entities.csv", "functional_currency", "funktional_currency")))
    assert "rename 'funktional_currency' to 'functional_currency'" in str(found)


def test_rows_after_a_broken_one_keep_their_number(company: Company) -> None:
    folder = company(("entities.csv", "US01,Acme,USD,UTC\n", "US01,Acme,USD,UTC\nIE01,Acme\nXX01,Acme,usd,UTC\n"))
    assert told(folder) == [("row", "entities.csv", 2, None), ("type", "entities.csv", 3, "functional_currency")]


def test_a_byte_order_mark_and_windows_line_ends_are_read(company: Company) -> None:
    folder = company()
    text = (folder / "employees.csv").read_text()
    (folder / "employees.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert check_company(folder).tables["employees"].column("employee_id").to_pylist() == ["E1", "E2"]


def test_targets_of_a_rule_must_be_known(company: Company) -> None:
    folder = company()
    (folder / "allocation_rules.csv").write_text(
        "rule_id,priority,source,account,service_id,sub_account,method,targets,valid_from,valid_to,approved_by\n"
        "A1,1,*,*,,,fixed,CC1:2;CC9:1,2020-01-01,,E1\n"
    )
    assert told(folder) == [("dangling-reference", "allocation_rules.csv", 1, "targets")]


def test_one_person_cannot_record_and_approve_a_gate(company: Company) -> None:
    folder = company()
    (folder / "projects.csv").write_text(
        "project_id,name,entity_id,project_type,cost_center_id,location_of_work,valid_from,valid_to\n"
        "P1,Ledger,US01,internal_use,CC1,US,2026-01-01,\n"
    )
    (folder / "gate_events.csv").write_text(
        "project_id,module_id,gate,event_date,evidence_ref,recorded_by,approved_by\n"
        "P1,,authorised,2026-01-02,M1,E1,e1\n"
    )
    assert told(folder) == [("self-approved", "gate_events.csv", 1, "approved_by")]


@pytest.mark.parametrize("rate", ["0", "0.00", "-1", "0.000000001", "1.123456789", "1e-3", "0,9"])
def test_a_rate_that_is_none_is_refused(company: Company, rate: str) -> None:
    head = "rate_date,from_currency,to_currency,rate,rate_type,rate_source\n"
    folder = company()
    (folder / "fx_rates.csv").write_text(
        f'{head}2026-09-01,USD,EUR,"{rate}",spot,x\n2026-09-02,USD,EUR,0.00000109,spot,x\n'
    )
    assert told(folder) == [("type", "fx_rates.csv", 1, "rate")]


def test_two_rate_policies_of_one_day_are_refused(company: Company) -> None:
    twice = "fx:\n  - {method: month_average}\n  - {method: daily_spot}\naccounts"
    assert told(company(("tokenbooks.yml", "accounts", twice))) == [("settings", "tokenbooks.yml", 2, "fx")]


AGREED = "source,account,model,token_class,unit_quantity,unit_price,currency,valid_from,valid_to"
PRICED = "openai_costs,acme,gpt-5,output,1000000,"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["9.00,USD,2026-01-01,2026-07-01", "8.00,USD,2026-06-30,"], ("overlap", 2, "valid_from")),
        (["9.00,USD,2026-01-01,2026-07-01", "8.00,USD,2026-07-02,"], ("gap", 2, "valid_from")),
        (["-9.00,USD,2026-01-01,"], ("type", 1, "unit_price")),
        (["9.00,usd,2026-01-01,"], ("type", 1, "currency")),
    ],
)
def test_prices_agreed_hold_once_without_a_hole(company: Company, rows: list[str], fault: tuple[str, int, str]) -> None:
    folder = company()
    (folder / "price_agreements.csv").write_text("\n".join([AGREED, *(PRICED + row for row in rows), ""]))
    rule, row, column = fault
    assert told(folder) == [(rule, "price_agreements.csv", row, column)]


def test_prices_of_tiers_and_windows_stand_beside_each_other(company: Company) -> None:
    folder = company()
    rows = ["9.00,USD,2026-01-01,,,", "4.50,USD,2026-01-01,,batch,", "12.00,USD,2026-01-01,,,200k-1M"]
    head = AGREED + ",service_tier,context_window"
    (folder / "price_agreements.csv").write_text("\n".join([head, *(PRICED + row for row in rows), ""]))
    assert check_company(folder).tables["price_agreements"].num_rows == 3
    (folder / "price_agreements.csv").write_text(f"{AGREED}\n{PRICED.replace('1000000', '0')}9,USD,2026-01-01,\n")
    assert told(folder) == [("type", "price_agreements.csv", 1, "unit_quantity")]
