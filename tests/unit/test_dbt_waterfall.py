"""The waterfall of accounting.md section 4.2, step by step: one September of small accounts, built once by dbt."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company
from tests.unit.test_split import largest_remainder
from tests.warehouse_fixture import Row, charge, key

TAX, CREDIT = {"ChargeCategory": "Tax"}, {"ChargeCategory": "Credit"}
YEN = {"from_currency": "JPY", "to_currency": "USD", "rate_source": "test"}
RULE = ("rule_id", "priority", "account", "service_id", "method")
RULE += ("targets", "basis", "on_date", "valid_from", "valid_to")
RULES = [
    ("HEADS", 10, "credited", None, "headcount", None, None, None, "2020-01-01", None),
    ("FTE", 10, "by fte", None, "headcount", None, "fte", None, "2020-01-01", None),
    ("DATED", 10, "on a date", None, "headcount", "CC100;CC200", None, "2026-08-31", "2020-01-01", None),
    ("MEAN", 10, "on average", None, "headcount", "CC100;CC200", "average_heads", None, "2020-01-01", None),
    ("EVEN", 10, "evenly", None, "even", "CC100;CC200;CC300", None, None, "2020-01-01", None),
    ("SWAP", 10, "by dates", None, "fixed", "CC100", None, None, "2020-01-01", "2026-09-16"),
    ("SWAP", 10, "by dates", None, "fixed", "CC200", None, None, "2026-09-16", None),
    ("EMPTY", 10, "by nothing", None, "direct_cost", None, None, None, "2020-01-01", None),
    ("LAST", 90, "taxed by rule", None, "fixed", "CC400", None, None, "2020-01-01", None),
]


def by(owner: str, account: str, **more: Any) -> dict[str, Any]:
    """Columns of a charge by an owner's key on an account."""
    return {"x_CredentialId": f"key-of-{owner}", "x_Account": account, **more}


def on(account: str, **more: Any) -> dict[str, Any]:
    """Columns of a charge that names nobody."""
    return {"x_Account": account, **more}


CHARGES = {
    "EX-25 base 1": ("10", "6201.77", by("P01", "taxed")),
    "EX-25 base 2": ("11", "4012.15", by("P18", "taxed")),
    "EX-25 base 3": ("12", "2131.75", by("P27", "taxed")),
    "EX-25 tax": ("30", "1018.52", on("taxed", **TAX)),
    "EX-02": ("10", "1000.00", on("credited")),
    "EX-04 credit": ("30", "-1000.00", on("credited", **CREDIT)),
    "shared place base": ("10", "60.00", by("P01", "owned place", SubAccountId="home")),
    "other base there": ("10", "20.00", on("owned place", SubAccountId="home")),
    "credit of a place": ("30", "-4.00", on("owned place", SubAccountId="home", **CREDIT)),
    "adjustment alone": ("30", "0.50", on("lonely place", SubAccountId="home", ChargeCategory="Adjustment")),
    "own place base": ("10", "50.00", by("P01", "placed", SubAccountId="w1", ServiceName="A")),
    "other place base": ("10", "70.00", by("P18", "placed", SubAccountId="w2", ServiceName="B")),
    "tax of a place": ("30", "5.00", on("placed", SubAccountId="w1", ServiceName="A", **TAX)),
    "tax by another name": ("30", "5.00", on("placed", SubAccountId="w1", ServiceName="Tax", **TAX)),
    "tax of a service": ("30", "7.00", on("placed", ServiceName="B", **TAX)),
    "tax of the account": ("30", "12.00", on("placed", **TAX)),
    "tax of an empty place": ("30", "5.00", on("placed", SubAccountId="w3", **TAX)),
    "tax of another bill": ("30", "5.00", on("placed", BillingPeriodStart="2026-08-01 00:00:00", **TAX)),
    "tax in another currency": ("30", "5.00", on("placed", BillingCurrency="JPY", **TAX)),
    "tax with a name": ("30", "5.00", by("P27", "placed", **TAX)),
    "known base": ("10", "30.00", by("P01", "half known")),
    "unknown base": ("10", "10.00", by("nobody", "half known")),
    "tax of half": ("30", "4.00", on("half known", **TAX)),
    "refund": ("10", "-10.00", by("P01", "refunded")),
    "tax of a refund": ("30", "-1.00", on("refunded", **TAX)),
    "tax under a rule": ("30", "5.00", on("taxed by rule", **TAX)),
    "by fte": ("10", "36.40", on("by fte")),
    "on a date": ("20", "34.00", on("on a date")),
    "on average": ("20", "68.00", on("on average")),
    "EX-01": ("10", "100.00", on("evenly")),
    "before the rule changed": ("15", "8.00", on("by dates")),
    "after the rule changed": ("16", "8.00", on("by dates")),
    "nothing to spread by": ("10", "8.00", on("by nothing")),
}
NUMBER = {name: number for number, name in enumerate(CHARGES, start=1)}


def books() -> dict[str, Iterable[Row]]:
    """The golden company with a part-timer, somebody who moved at the start of the month, and the rules above."""
    golden = company()
    places = [row for row in golden["company.cost_center_assignments"] if row["employee_id"] != "P01"]
    moved = {"employee_id": "P01", "share": "1"}
    people = [{**row, "fte": "0.4" if row["employee_id"] == "P34" else "1"} for row in golden["company.employees"]]
    return golden | {
        "company.employees": people,
        "company.cost_center_assignments": [
            *places,
            {**moved, "cost_center_id": "CC200", "valid_from": "2020-01-01", "valid_to": "2026-09-01"},
            {**moved, "cost_center_id": "CC100", "valid_from": "2026-09-01"},
        ],
        "company.accounts": [
            {"source": "bills", "account": account, "entity_id": "US01"}
            for account in sorted({more["x_Account"] for _, _, more in CHARGES.values()})
        ],
        "company.credentials": [
            *(key(owner) for owner in ("P01", "P18", "P27")),
            {**key("CC400", "cost_center"), "kind": "workspace_id", "value": "home"},
        ],
        "company.fx_rates": [{**YEN, "rate_date": "2026-09-30", "rate": "0.0067", "rate_type": "spot"}],
        "company.allocation_rules": [{"source": "*", **dict(zip(RULE, values, strict=True))} for values in RULES],
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of that September; dbt's own tests passed."""
    charges = [charge(f"2026-09-{d}", cost, NUMBER[name], **more) for name, (d, cost, more) in CHARGES.items()]
    path = fixture.write_warehouse(
        tmp_path_factory.mktemp("waterfall") / "warehouse.duckdb", books() | fixture.month("2026-09", charges)
    )
    fixture.build(path)
    return path


def shares(built: Path, name: str) -> list[tuple[str, Decimal]]:
    """(centre or pool reason, step, method and grade; amount) of a charge's shares, in order."""
    found = fixture.rows(
        built,
        "select concat_ws(' ', coalesce(cost_center_id, bearer_id), step, method, grade), amount "
        f"from finance.fct_allocations where charge_id = 'L1:{NUMBER[name]}' order by allocation_id",
    )
    assert found, f"{name}: no shares"
    return found


def cents(built: Path, name: str) -> list[int]:
    """A charge's shares in cents, rounded once as the journal does."""
    return largest_remainder([[amount for _, amount in shares(built, name)]])[0]


def told(built: Path, name: str) -> list[str]:
    return [f"{text} {amount.normalize():f}" for text, amount in shares(built, name)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("EX-01", [3334, 3333, 3333], id="EX-01 even"),
        pytest.param("EX-02", [50000, 26471, 14706, 8823], id="EX-02 headcount"),
        pytest.param("EX-04 credit", [-50000, -26471, -14706, -8823], id="EX-04 credit follows what it credits"),
        pytest.param("EX-25 tax", [51165, 33100, 17587], id="EX-25 tax follows what it taxes"),
    ],
)
def test_worked_examples_to_the_cent(built: Path, name: str, expected: list[int]) -> None:
    assert cents(built, name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tax of a place", ["CC100 overhead base B 5"]),
        ("tax by another name", ["CC100 overhead base B 5"]),  # a service that sold nothing there is given up
        ("tax of a service", ["CC200 overhead base B 7"]),
        ("tax of the account", ["CC100 overhead base B 5", "CC200 overhead base B 7"]),
        ("tax of an empty place", ["no_base pool pool E 5"]),  # a place is never given up
        ("tax of another bill", ["no_base pool pool E 5"]),
        ("tax in another currency", ["no_base pool pool E 5"]),
        ("tax with a name", ["CC300 direct direct B 5"]),
        ("credit of a place", ["CC400 overhead base B -1", "CC100 overhead base B -3"]),  # those who worked there
        ("adjustment alone", ["CC400 dedicated dedicated B 0.5"]),
        ("tax of half", ["CC100 overhead base B 3", "unknown_key pool pool E 1"]),
        ("tax of a refund", ["no_base pool pool E -1"]),  # a base below 0 divides nothing
        ("tax under a rule", ["CC400 driver fixed D 5"]),
    ],
)
def test_tax_and_credits_follow_their_base(built: Path, name: str, expected: list[str]) -> None:
    assert told(built, name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 17 + 9 + 5 + 2.4 of 33.4 full-time equivalents
        (
            "by fte",
            {
                "CC100": "18.526946107785",
                "CC200": "9.808383233533",
                "CC300": "5.449101796407",
                "CC400": "2.615568862275",
            },
        ),
        ("on a date", {"CC100": "20.923076923077", "CC200": "13.076923076923"}),  # 16 and 10 on 31 August
        ("on average", {"CC100": "44.461538461539", "CC200": "23.538461538461"}),  # 17 and 9 on every day of September
        ("before the rule changed", {"CC100": "8"}),
        ("after the rule changed", {"CC200": "8"}),
        ("nothing to spread by", {"no_driver": "8"}),
    ],
)
def test_drivers(built: Path, name: str, expected: dict[str, str]) -> None:
    found = {text.split()[0]: amount for text, amount in shares(built, name)}
    assert found == {centre: Decimal(amount) for centre, amount in expected.items()}


def test_every_step_names_the_rule_and_the_waterfall(built: Path) -> None:
    found = fixture.rows(
        built,
        "select distinct step, coalesce(split_part(allocation_rule, '@', 1), '-') from finance.fct_allocations "
        "where waterfall = 'waterfall@1' order by all",
    )
    driven = [("driver", rule) for rule in ("DATED", "EVEN", "FTE", "HEADS", "LAST", "MEAN", "SWAP")]
    assert found == [("dedicated", "-"), ("direct", "-"), *driven, ("overhead", "-"), ("pool", "-"), ("pool", "EMPTY")]
    versions = "select count(distinct allocation_rule) from finance.fct_allocations where allocation_rule like 'SWAP@%'"
    assert fixture.rows(built, versions) == [(2,)]


def test_an_auditor_can_split_again_from_the_weights_that_were_kept(built: Path) -> None:
    """INV-05: amount and ratio of every share follow from the charge and fct_allocation_weights alone."""
    found = fixture.rows(
        built,
        "select a.charge_id, c.recognized_cost, a.amount, w.owner_before, w.owner_up_to, w.owner_total, "
        "w.center_before, w.center_up_to, w.center_total from finance.fct_allocations as a "
        "inner join finance.fct_charges as c using (charge_id) left join finance.fct_allocation_weights as w "
        "on a.weights_hash = w.weights_hash and a.allocation_id = a.charge_id || ':' || w.share_no",
    )
    assert len(found) > len(CHARGES)
    for charge_id, cost, amount, *weights in found:
        owner, centre = [int(weight) for weight in weights[:3]], [int(weight) for weight in weights[3:]]
        assert part(part(cost, *owner), *centre) == amount, charge_id


def part(amount: Decimal, before: int, up_to: int, total: int) -> Decimal:
    """One share as docs/decisions.md 12 tells it, in plain Python."""
    picos = int(abs(amount) * 10**12)
    share = -(-picos * up_to // total) - -(-picos * before // total)
    return (Decimal(share) * (-1 if amount < 0 else 1)).scaleb(-12)
