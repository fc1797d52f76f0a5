"""Who bears a charge, case by case: one September with every oddity of a real bill, built once by dbt."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company
from tests.warehouse_fixture import Row, charge, key, use

METERED = {"SubAccountId": "w1", "x_Model": "m", "x_TokenClass": "output", "x_ServiceTier": "batch"}
RULED = {"x_Account": "ruled"}


def people() -> dict[str, Iterable[Row]]:
    """The mini company with a joiner, a leaver, a transfer and a dual assignment."""
    books = company()
    spells = [
        ("JOIN", "employee", "2026-09-15", None),
        ("LEFT", "employee", "2020-01-01", "2026-09-10"),
        ("MOVE", "employee", "2020-01-01", None),
        ("DUAL", "employee", "2020-01-01", None),
    ]
    places = [
        ("JOIN", "CC100", "1", "2026-09-15", None),
        ("LEFT", "CC200", "1", "2020-01-01", "2026-09-10"),
        ("MOVE", "CC100", "1", "2020-01-01", "2026-09-11"),
        ("MOVE", "CC200", "1", "2026-09-11", None),
        ("DUAL", "CC100", "0.6", "2020-01-01", None),
        ("DUAL", "CC300", "0.4", "2020-01-01", None),
    ]
    employee = ("employee_id", "employee_key", "worker_type", "role_family", "fte", "valid_from", "valid_to")
    place = ("employee_id", "cost_center_id", "share", "valid_from", "valid_to")
    rule = ("rule_id", "priority", "source", "account", "service_id", "sub_account", "method", "targets", "valid_from")
    rules = [
        ("R1", 10, "*", "ruled", None, "r1", "fixed", "CC100:2;CC200:1", "2020-01-01"),
        ("R2", 20, "*", "ruled", None, "r2", "direct_cost", None, "2020-01-01"),
        ("R3", 30, "*", "ruled", None, None, "pool", None, "2020-01-01"),
    ]
    return books | {
        "company.employees": [
            *books["company.employees"],
            *(
                dict(zip(employee, (p, f"key-{p}", kind, "engineering", "1", start, end), strict=True))
                for p, kind, start, end in spells
            ),
        ],
        "company.cost_center_assignments": [
            *books["company.cost_center_assignments"],
            *(dict(zip(place, values, strict=True)) for values in places),
        ],
        "company.allocation_rules": [dict(zip(rule, values, strict=True)) for values in rules],
        "company.projects": [
            {"project_id": "PRJ", "project_type": "saas", "cost_center_id": "CC400", "valid_from": "2020-01-01"}
        ],
        "company.entities": [{"entity_id": entity, "functional_currency": "USD"} for entity in ("US01", "IE01")],
        "company.accounts": [
            {"source": "bills", "account": account, "entity_id": entity}
            for account, entity in [("acme", "US01"), ("other", "US01"), ("ruled", "US01"), ("irish", "IE01")]
        ],
        "company.credentials": [
            *(key(owner) for owner in ("P01", "P02", "JOIN", "LEFT", "MOVE", "DUAL")),
            {**key("CC300", "cost_center"), "account": "other", "kind": "workspace_id", "value": "(default)"},
            {**key("P02"), "kind": "email", "value": "P02@Acme.example"},
        ],
        "lake.prices": [
            {**fixture.price("m", token_class, price), "valid_from": "2020-01-01"}
            for token_class, price in [("output", "0.000003"), ("uncached_input", "0.000001")]
        ],
    }


def of(owner: str, **more: Any) -> dict[str, Any]:
    """Columns of a charge or a use by an owner's key."""
    return {"x_CredentialId": f"key-of-{owner}", **more}


def tagged(owner: str, **tags: str) -> dict[str, Any]:
    """The same with tags."""
    return of(owner, Tags=json.dumps(tags))


CHARGES = {
    "joiner before": ("10", "10.00", of("JOIN")),
    "joiner after": ("15", "11.00", of("JOIN")),
    "leaver": ("20", "7.77", of("LEFT")),
    "transfer 9th": ("09", "212.4038", of("MOVE")),
    "transfer 10th": ("10", "318.1177", of("MOVE")),
    "transfer 11th": ("11", "402.8890", of("MOVE")),
    "transfer 12th": ("12", "150.0021", of("MOVE")),
    "dual": ("10", "100.01", of("DUAL")),
    "unknown key": ("10", "5.00", of("nobody")),
    "e-mail": ("10", "2.00", {"x_ConsumerId": "p02@acme.example", **of("P01")}),
    "finest": ("21", "9.00", METERED),
    "credit": ("21", "-3.00", METERED),
    "tier": ("21", "9.00", {**METERED, "x_ServiceTier": None}),
    "class": ("22", "8.00", {**METERED, "x_TokenClass": None}),
    "model": ("22", "8.00", {"SubAccountId": "w1"}),
    "sub-account": ("22", "8.00", {"SubAccountId": "w9"}),
    "unpriced": ("23", "8.00", {"SubAccountId": "w1"}),
    "no use": ("24", "8.00", {"SubAccountId": "w1"}),
    "unowned use": ("25", "9.00", METERED),
    "default workspace": ("10", "4.00", {"x_Account": "other"}),
    "tag project": ("10", "6.00", tagged("P01", project="PRJ")),
    "unknown tag": ("10", "6.00", tagged("P01", project="no such project", cost_center="CC999")),
    "tag centre": ("10", "6.00", tagged("P01", cost_center="CC400")),
    "tag alone": ("10", "6.00", {"Tags": json.dumps({"project": "PRJ"})}),
    "prepaid": ("10", "100.00", of("P01", EffectiveCost="0", ChargeCategory="Purchase")),
    "draw-down": ("10", "0", of("P01", EffectiveCost="40.00")),
    "superseded": ("10", "999.00", of("P01", x_LoadId="L0")),
    "fixed rule": ("10", "9.00", {**RULED, "SubAccountId": "r1"}),
    "direct-cost rule": ("10", "10.00", {**RULED, "SubAccountId": "r2"}),
    "its driver": ("10", "30.00", {**RULED, **of("P01")}),
    "its other driver": ("10", "10.00", {**RULED, **of("MOVE"), "ChargePeriodStart": "2026-09-12"}),
    "pool rule": ("10", "9.00", {**RULED, "SubAccountId": "r3"}),
    "other entity": ("10", "0.015", {**of("P01"), "x_Account": "irish"}),
}
NUMBER = {name: number for number, name in enumerate(CHARGES, start=1)}

USES = [
    ("21", 1, of("P01", **METERED)),
    ("21", 2, of("P02", **METERED)),
    ("21", 600, of("P01", **{**METERED, "x_ServiceTier": "priority"})),
    ("21", 600, of("P02", **{**METERED, "x_ServiceTier": "priority"})),
    ("22", 100, of("P01", **METERED)),
    ("22", 300, of("P02", **{**METERED, "x_TokenClass": "uncached_input"})),
    ("23", 100, of("P01", SubAccountId="w1", x_Model="no price", x_TokenClass="output")),
    ("25", 1, of("P01", **METERED)),
    ("25", 2, of("somebody", **METERED)),
]


def september() -> dict[str, Iterable[Row]]:
    """All charges and uses above, in the order of their numbers."""
    charges = [charge(f"2026-09-{d}", cost, NUMBER[name], **more) for name, (d, cost, more) in CHARGES.items()]
    usage = [use(f"2026-09-{d}", tokens, row, **more) for row, (d, tokens, more) in enumerate(USES, start=1)]
    return people() | fixture.month("2026-09", charges, usage)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The September warehouse after `dbt build`, whose own tests passed."""
    warehouse = fixture.write_warehouse(tmp_path_factory.mktemp("september") / "warehouse.duckdb", september())
    fixture.build(warehouse)
    return warehouse


def shares(built: Path, name: str) -> list[tuple[str, str, str, Decimal]]:
    """(bearer, cost centre, method and grade, amount) of a charge's shares, in order."""
    found = fixture.rows(
        built,
        "select bearer_type || ' ' || bearer_id, coalesce(cost_center_id, '-'), method || ' ' || grade, amount "
        f"from finance.fct_allocations where charge_id = 'L1:{NUMBER[name]}' order by allocation_id",
    )
    assert found, f"{name}: no shares"
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("joiner before", ["pool pre_employment - pool E 10"]),
        ("joiner after", ["employee key-JOIN CC100 direct B 11"]),
        ("leaver", ["cost_center CC200 CC200 direct B 7.77"]),
        ("dual", ["employee key-DUAL CC100 direct B 60.006", "employee key-DUAL CC300 direct B 40.004"]),
        ("unknown key", ["pool unknown_key - pool E 5"]),
        ("e-mail", ["employee key-P02 CC100 direct A 2"]),
        ("finest", ["employee key-P01 CC100 metered C 3", "employee key-P02 CC100 metered C 6"]),
        ("credit", ["employee key-P01 CC100 metered C -1", "employee key-P02 CC100 metered C -2"]),
        ("class", ["employee key-P01 CC100 metered C 4", "employee key-P02 CC100 metered C 4"]),
        ("model", ["employee key-P01 CC100 metered C 4", "employee key-P02 CC100 metered C 4"]),
        ("sub-account", ["employee key-P01 CC100 metered C 4", "employee key-P02 CC100 metered C 4"]),
        ("unpriced", ["pool unpriced_usage - pool E 8"]),
        ("no use", ["pool no_usage - pool E 8"]),
        ("unowned use", ["employee key-P01 CC100 metered C 3", "pool unowned_usage - pool E 6"]),
        ("default workspace", ["cost_center CC300 CC300 dedicated B 4"]),
        ("tag project", ["employee key-P01 CC100 direct B 6"]),
        ("tag centre", ["employee key-P01 CC400 direct B 6"]),
        ("unknown tag", ["employee key-P01 CC100 direct B 6"]),
        ("tag alone", ["project PRJ CC400 dedicated B 6"]),
        ("prepaid", ["employee key-P01 CC100 direct B 0"]),
        ("draw-down", ["employee key-P01 CC100 direct B 40"]),
        ("fixed rule", ["cost_center CC100 CC100 fixed D 6", "cost_center CC200 CC200 fixed D 3"]),
        (
            "direct-cost rule",
            ["cost_center CC100 CC100 direct_cost D 7.5", "cost_center CC200 CC200 direct_cost D 2.5"],
        ),
        ("pool rule", ["pool no_usage - pool E 9"]),
    ],
)
def test_a_charge_is_borne_by(built: Path, name: str, expected: list[str]) -> None:
    assert [" ".join([*texts, f"{amount.normalize():f}"]) for *texts, amount in shares(built, name)] == expected


def test_tier_missing_from_the_bill_is_given_up_first(built: Path) -> None:
    assert [amount for *_, amount in shares(built, "tier")] == [
        Decimal("4.496259351621"),
        Decimal("4.503740648379"),
    ]  # 601 and 602 of 1,203 tokens


def test_a_transfer_follows_the_service_date(built: Path) -> None:
    centres = [shares(built, f"transfer {day}")[0][1] for day in ("9th", "10th", "11th", "12th")]
    assert centres == ["CC100", "CC100", "CC200", "CC200"]


def test_a_superseded_row_does_not_count(built: Path) -> None:
    counted = fixture.rows(built, "select count(*), count(*) filter (load_id = 'L0') from finance.fct_charges")
    assert counted == [(len(CHARGES) - 1, 0)]


def test_a_known_tag_names_the_project(built: Path) -> None:
    found = fixture.rows(
        built,
        "select charge_id, project_id from finance.fct_allocations "
        f"where charge_id in ('L1:{NUMBER['tag project']}', 'L1:{NUMBER['unknown tag']}') order by source, charge_id",
    )
    assert dict(found) == {f"L1:{NUMBER['tag project']}": "PRJ", f"L1:{NUMBER['unknown tag']}": None}


def test_the_key_of_a_leaver_is_never_human_capital(built: Path) -> None:
    found = fixture.rows(built, "select mgmt_class from finance.fct_allocations where mgmt_reason = 'LEAVER_KEY'")
    assert found == [("utility_opex",)]


def test_the_pool_is_shown_with_its_age(built: Path) -> None:
    found = fixture.rows(
        built, "select pool_reason, amount, age_days from finance.rpt_unallocated where pool_reason = 'unowned_usage'"
    )
    assert found == [("unowned_usage", Decimal(6), 5)]  # 25th to the 30th, the last day covered


def test_each_entity_balances_alone(built: Path) -> None:
    """IE01 owes the provider USD 0.015; a person of US01 used it: 0.02 each way, receivable = payable."""
    found = fixture.rows(
        built,
        "select entity_id, account_id, debit, credit, counterparty_entity_id from finance.fct_postings "
        "where event = 'chargeback' or entity_id = 'IE01' order by all",
    )
    cents = Decimal("0.02")
    assert found == [
        ("IE01", "1510", cents, Decimal(0), "US01"),
        ("IE01", "2110", Decimal(0), cents, None),
        ("US01", "2510", Decimal(0), cents, "IE01"),
        ("US01", "6100", cents, Decimal(0), "IE01"),
    ]
