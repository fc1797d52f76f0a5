"""Identity and organisation as dated intervals (accounting.md section 4.4): every case in one September, built once."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company
from tests.unit.test_split import largest_remainder
from tests.warehouse_fixture import Row, charge, key

SEAT = {"ChargePeriodEnd": "2026-10-01 00:00:00"}
PEOPLE = [
    # id, worker type, first day, day after the last, manager
    ("BOSS", "employee", "2020-01-01", None, None),
    ("GONE", "employee", "2020-01-01", "2026-09-11", "BOSS"),
    ("LOST", "employee", "2020-01-01", "2026-09-11", None),
    ("LEFT", "employee", "2020-01-01", "2026-09-11", "GONE"),
    ("JOIN", "employee", "2026-09-21", None, None),
    ("MOVE", "employee", "2020-01-01", None, None),
    ("DUAL", "employee", "2020-01-01", None, None),
    ("TEMP", "contractor", "2020-01-01", None, None),
    ("OLDC", "employee", "2020-01-01", None, None),
    ("TURN", "employee", "2020-01-01", None, None),
]
PLACES = [
    ("BOSS", "CC400", "1", "2020-01-01", None),
    ("GONE", "CC100", "1", "2020-01-01", None),
    ("LOST", "CC100", "1", "2020-01-01", None),
    ("LEFT", "CC100", "1", "2020-01-01", None),
    ("JOIN", "CC100", "1", "2026-09-21", None),
    ("MOVE", "CC100", "1", "2020-01-01", "2026-09-11"),
    ("MOVE", "CC200", "1", "2026-09-11", None),
    ("DUAL", "CC100", "0.6", "2020-01-01", None),
    ("DUAL", "CC200", "0.4", "2020-01-01", None),
    ("TEMP", "CC300", "1", "2020-01-01", None),
    ("OLDC", "CC800", "1", "2020-01-01", None),
    ("TURN", "CC900", "1", "2020-01-01", None),
]
CENTRES = [
    # merged on 16 September into a centre that was itself merged ten days later; and one that turned to research then
    ("CC800", "2020-01-01", "2026-09-16", "CC810", "gna"),
    ("CC810", "2020-01-01", "2026-09-26", "CC300", "gna"),
    ("CC900", "2020-01-01", "2026-09-16", None, "gna"),
    ("CC900", "2026-09-16", None, None, "rnd"),
]
SERVICES = [
    ("robot", "BOSS", "CC800"),
    ("stray", "GONE", "CC300"),
    ("platform", "BOSS", None),
    ("builds", "BOSS", None),
    ("ci", "BOSS", None),
    ("hall", "BOSS", "CC400"),
]
RULES = [
    ("STEP1", "platform", "fixed", "CC100:50;builds:30;hall:20"),
    ("STEP2", "builds", "fixed", "CC200:1;ci:2"),
    ("STEP3", "ci", "even", "CC100;CC200;CC300"),
]


def of(owner: str, **more: Any) -> dict[str, Any]:
    return {"x_CredentialId": f"key-of-{owner}", **more}


CHARGES = {
    "EX-15 9th": ("09", "212.4038", of("MOVE")),
    "EX-15 10th": ("10", "318.1177", of("MOVE")),
    "EX-15 11th": ("11", "402.8890", of("MOVE")),
    "EX-15 12th": ("12", "150.0021", of("MOVE")),
    "EX-15 seat": ("01", "199.00", of("MOVE", **SEAT)),
    "EX-15 dual": ("10", "100.01", of("DUAL")),
    "seat of a joiner": ("01", "30.00", of("JOIN", **SEAT)),
    "seat of a leaver": ("01", "30.00", of("GONE", **SEAT)),
    "seat of a robot": ("01", "30.00", of("hall", **SEAT)),
    "last day": ("10", "7.00", of("GONE")),
    "day after": ("11", "7.00", of("GONE")),
    "no manager": ("11", "7.00", of("LOST")),
    "manager gone too": ("11", "7.00", of("LEFT")),
    "before the first day": ("20", "8.00", of("JOIN")),
    "first day": ("21", "8.00", of("JOIN")),
    "contractor": ("10", "9.00", of("TEMP")),
    "before the merger": ("15", "5.00", of("OLDC")),
    "after the merger": ("16", "5.00", of("OLDC")),
    "after the second": ("26", "5.00", of("OLDC")),
    "robot before": ("15", "6.00", of("robot")),
    "robot after": ("16", "6.00", of("robot")),
    "tag of the old centre": ("16", "6.00", of("DUAL", Tags='{"cost_center": "CC800"}')),
    "robot without owner": ("12", "4.00", of("stray")),
    "step down": ("10", "100.00", of("platform")),
    "rotated before": ("14", "2.00", {"x_CredentialId": "rotated"}),
    "rotated after": ("15", "2.00", {"x_CredentialId": "rotated"}),
    "deleted": ("20", "3.00", {"x_CredentialId": "deleted"}),
    "orphan": ("20", "3.00", {"x_CredentialId": "nobody"}),
    "orphan person": ("20", "3.00", {"x_PrincipalId": "Some.Body@acme.example"}),
    "shared": ("20", "3.00", {"x_CredentialId": "shared"}),
    "before the turn": ("15", "5.00", of("TURN")),
    "after the turn": ("16", "5.00", of("TURN")),
    "seat without end": ("05", "1.00", of("DUAL", ChargePeriodEnd="2026-09-06 00:00:00")),
}
NUMBER = {name: number for number, name in enumerate(CHARGES, start=1)}


def named(columns: str, rows: Iterable[tuple[Any, ...]], **more: Any) -> list[dict[str, Any]]:
    return [{**dict(zip(columns.split(), row, strict=True)), **more} for row in rows]


def books() -> dict[str, Iterable[Row]]:
    golden = company()
    since = {"valid_from": "2020-01-01"}
    people = [(*row, f"key-{row[0]}", "engineering", "1") for row in PEOPLE]
    own = {"source": "*", "account": "*", "kind": "api_key_id"}
    return golden | {
        "company.employees": named(
            "employee_id worker_type valid_from valid_to manager_id employee_key role_family fte", people
        ),
        "company.cost_center_assignments": named("employee_id cost_center_id share valid_from valid_to", PLACES),
        "company.cost_centers": [
            *golden["company.cost_centers"],
            *named("cost_center_id valid_from valid_to successor_id function", CENTRES, name="Old", entity_id="US01"),
        ],
        "company.services": named(
            "service_id owner_employee_id cost_center_id", SERVICES, workload="shared_platform", **since
        ),
        "company.allocation_rules": named(
            "rule_id service_id method targets", RULES, priority=10, source="*", account="*", **since
        ),
        "company.settings": [{"key": "book", "value": "US_GAAP"}, {"key": "pseudonym_salt", "value": "salt"}],
        "company.credentials": [
            *(key(person) for person, *_ in PEOPLE),
            *(key(service, "service") for service, *_ in SERVICES),
            {**key("DUAL"), "value": "rotated", "valid_to": "2026-09-15"},
            {**key("TEMP"), "value": "rotated", "valid_from": "2026-09-15"},
            {**key("DUAL"), "value": "deleted", "valid_to": "2026-09-15"},
            {**own, "value": "shared", "owner_type": "shared", "owner_id": "BOSS", **since},
        ],
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of that September; dbt's own tests passed."""
    charges = [charge(f"2026-09-{d}", cost, NUMBER[name], **more) for name, (d, cost, more) in CHARGES.items()]
    path = fixture.write_warehouse(
        tmp_path_factory.mktemp("organisation") / "warehouse.duckdb", books() | fixture.month("2026-09", charges)
    )
    fixture.build(path)
    return path


def shares(built: Path, *names: str) -> list[tuple[str, str, Decimal]]:
    """(bearer, centre, amount) of the shares of charges, summed over them."""
    ids = ", ".join(f"'L1:{NUMBER[name]}'" for name in names)
    found = fixture.rows(
        built,
        "select bearer_type || ' ' || bearer_id, coalesce(cost_center_id, '-'), sum(amount) "
        f"from finance.fct_allocations where charge_id in ({ids}) group by all order by 2, 1",
    )
    assert found, f"{names}: no shares"
    return found


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(["EX-15 seat"], {"CC100": 6633, "CC200": 13267}, id="EX-15 seat by days"),
        pytest.param(
            ["EX-15 9th", "EX-15 10th", "EX-15 11th", "EX-15 12th"], {"CC100": 53052, "CC200": 55289}, id="EX-15 use"
        ),
        pytest.param(["EX-15 dual"], {"CC100": 6001, "CC200": 4000}, id="EX-15 dual assignment"),
        pytest.param(
            # 50 + 30 x (2/3 x 1/3) of 100; builds: a third to CC200, two thirds to ci, which shares evenly by three
            ["step down"],
            {"CC100": 5667, "CC200": 1667, "CC300": 666, "CC400": 2000},
            id="step down twice",
        ),
    ],
)
def test_to_the_cent(built: Path, names: list[str], expected: dict[str, int]) -> None:
    found = shares(built, *names)
    units = largest_remainder([[amount for *_, amount in found]])[0]
    assert {centre: cents for (_, centre, _), cents in zip(found, units, strict=True)} == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("last day", ["employee key-GONE CC100 7"]),
        ("day after", ["cost_center CC400 CC400 7"]),  # the manager's centre from the day after the last
        ("no manager", ["cost_center CC100 CC100 7"]),  # else the last one
        ("manager gone too", ["cost_center CC100 CC100 7"]),
        ("before the first day", ["pool pre_employment - 8"]),
        ("first day", ["employee key-JOIN CC100 8"]),
        ("seat of a joiner", ["pool pre_employment - 20", "employee key-JOIN CC100 10"]),
        ("seat of a leaver", ["employee key-GONE CC100 10", "cost_center CC400 CC400 20"]),
        ("seat of a robot", ["service hall CC400 30"]),
        ("contractor", ["employee key-TEMP CC300 9"]),
        ("before the merger", ["employee key-OLDC CC800 5"]),  # rows of the past keep the old centre
        ("after the merger", ["employee key-OLDC CC810 5"]),
        ("after the second", ["employee key-OLDC CC300 5"]),
        ("before the turn", ["employee key-TURN CC900 5"]),
        ("after the turn", ["employee key-TURN CC900 5"]),
        ("robot before", ["service robot CC800 6"]),
        ("robot after", ["service robot CC810 6"]),
        ("tag of the old centre", ["employee key-DUAL CC810 6"]),
        ("robot without owner", ["service stray CC300 4"]),
        ("rotated before", ["employee key-DUAL CC100 1.2", "employee key-DUAL CC200 0.8"]),
        ("rotated after", ["employee key-TEMP CC300 2"]),
        ("deleted", ["pool expired_key - 3"]),
        ("orphan", ["pool unknown_key - 3"]),
        ("shared", ["pool shared_key - 3"]),
    ],
)
def test_a_day_belongs_to(built: Path, name: str, expected: list[str]) -> None:
    assert [f"{bearer} {centre} {amount.normalize():f}" for bearer, centre, amount in shares(built, name)] == expected


def test_a_seat_of_one_centre_is_one_share(built: Path) -> None:
    found = fixture.rows(
        built, f"select ratio from finance.fct_allocations where charge_id = 'L1:{NUMBER['seat without end']}'"
    )
    assert len(found) == 2  # the dual assignment, and no more


def test_exceptions_say_what_to_do(built: Path) -> None:
    """The list that finance and security act on: leaver, orphan, shared, ownerless, expired, before the first day."""
    found = fixture.rows(
        built,
        "select kind, key, owner, charges, amount, day(first_day), day(last_day) from finance.rpt_exceptions "
        "where key not like 'person %' order by kind, key",
    )
    assert found == [
        ("expired_key", "deleted", None, 1, 3, 20, 20),
        ("leaver_key", "key-of-GONE", "key-GONE", 2, 27, 1, 11),
        ("leaver_key", "key-of-LEFT", "key-LEFT", 1, 7, 11, 11),
        ("leaver_key", "key-of-LOST", "key-LOST", 1, 7, 11, 11),
        ("orphan_key", "nobody", None, 1, 3, 20, 20),
        ("ownerless_service", "key-of-stray", "stray", 1, 4, 12, 12),
        ("pre_employment", "key-of-JOIN", "key-JOIN", 2, 28, 1, 20),
        ("shared_key", "shared", "key-BOSS", 1, 3, 20, 20),
    ]  # fmt: skip
    cures = fixture.rows(built, "select distinct kind from finance.rpt_exceptions where coalesce(trim(cure), '') = ''")
    assert cures == []


def test_exceptions_name_nobody(built: Path) -> None:
    found = fixture.rows(
        built, "select key from finance.rpt_exceptions where kind = 'orphan_key' and key like 'person %'"
    )
    assert len(found) == 1
    text = str(fixture.rows(built, "select * from finance.rpt_exceptions")).lower()
    assert "@" not in text
    assert "some.body" not in text


def test_the_share_of_the_pool_is_told(built: Path) -> None:
    """INV-30: what close limits, per entity and period."""
    found = fixture.rows(
        built,
        "select amount, total, share from finance.rpt_allocation_steps where step = 'pool' and entity_id = 'US01'",
    )
    (total,) = fixture.rows(built, "select sum(amount) from finance.fct_allocations")[0]
    pooled = Decimal("8") + 20 + 3 * 4  # before the first day, a joiner's seat, four keys of nobody
    assert found == [(pooled, total, (pooled / total).quantize(Decimal("0.000001"), "ROUND_DOWN"))]


def test_a_centre_that_turns_to_other_work_keeps_what_it_was_before(built: Path) -> None:
    """The function is that of the service date: what was administration stays it in the journal."""
    for name, function in {"before the turn": "gna", "after the turn": "rnd", "after the merger": "gna"}.items():
        query = f"select distinct book_function from finance.fct_allocations where charge_id = 'L1:{NUMBER[name]}'"
        assert fixture.rows(built, query) == [(function,)]
