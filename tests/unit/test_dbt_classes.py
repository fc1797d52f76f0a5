"""The two classifications (accounting.md 2.3 to 2.6): EX-12 both ways, the order of decision, and its guards."""

import csv
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.company.starting import default_files
from tests import warehouse_fixture as fixture
from tests.golden_company import GATES, company, golden_month
from tests.warehouse_fixture import charge, key

SINCE = {"valid_from": "2020-01-01"}


def defaults(name: str) -> list[dict[str, str | None]]:
    """The rows of a CSV that a company starts with."""
    rows = csv.DictReader(io.StringIO(default_files()[name]))
    return [{column: value or None for column, value in row.items()} for row in rows]


def built(path: Path, books: dict[str, Any]) -> Path:
    fixture.write_warehouse(path / "warehouse.duckdb", books)
    fixture.build(path / "warehouse.duckdb")
    return path / "warehouse.duckdb"


@pytest.fixture(scope="module", params=[True, False], ids=["allowed", "not allowed"])
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, Path]:
    """EX-12 built with, and without, the controller's permission to capitalise tokens."""
    books = {**company(capitalise=request.param), **golden_month("proj-A")}
    return request.param, built(tmp_path_factory.mktemp("golden"), books)


def test_ex_12_is_booked_to_the_cent(golden: tuple[bool, Path]) -> None:
    """EX-12: CIP 4,200.00 where the policy allows it and 0.00 where not; expense per centre; liability 12,345.67."""
    allowed, path = golden
    found = fixture.rows(
        path,
        "select account_id, cost_center_id, sum(debit - credit) from finance.fct_postings group by all order by all",
    )
    cents = {("2110", None): "-12345.67", ("5100", "CC400"): "195.27", ("6100", "CC100"): "7226.96"}
    cents |= {("6110", "CC200"): "4597.98", ("6120", "CC300"): "325.46"}
    if allowed:
        cents |= {("1610", "CC100"): "4200.00", ("6100", "CC100"): "3026.96"}
    assert {(account, centre): amount for account, centre, amount in found} == {
        line: Decimal(amount) for line, amount in cents.items()
    }
    if allowed:
        where = "select project_id, module_id from finance.fct_postings where account_id = '1610'"
        assert fixture.rows(path, where) == [("proj-A", "mod-A")]


def test_ex_12_bridge(golden: tuple[bool, Path]) -> None:
    """EX-12: HCC 10,132.55 either way; every reason is a line; additions 4,200.00 or 0.00; residual 0.00 (INV-09)."""
    allowed, path = golden
    found = fixture.rows(
        path,
        "select line, reason, amount from finance.rpt_capitalization_bridge where framework = 'us_gaap' "
        "order by line_no, reason",
    )
    lines = [("human_capital_capex", None, "10132.55")]
    lines += [("not_capitalised", "MAINTENANCE", "-1120.40"), ("not_capitalised", "NON_SOFTWARE", "-4012.15")]
    lines += [] if allowed else [("not_capitalised", "TOKENS_NOT_ALLOWED", "-4200.00")]
    lines += [("not_capitalised", "TRAINING", "-800.00"), ("additions", None, "4200.00" if allowed else "0.00")]
    assert found == [(line, reason, Decimal(amount)) for line, reason, amount in [*lines, ("residual", None, "0.00")]]


def test_ex_12_cross_tab(golden: tuple[bool, Path]) -> None:
    """EX-12: the cells sum to 12,345.67, of which expense 8,145.67 = utility 2,213.12 + HCC expensed 5,932.55."""
    allowed, path = golden
    found = fixture.rows(
        path,
        "select mgmt_class, us_gaap_treatment, reason, sum(amount) from finance.rpt_classification_bridge "
        "group by all order by all",
    )
    hcc = "human_capital_capex"
    coding = (hcc, "capitalise", "R080") if allowed else (hcc, "expense", "TOKENS_NOT_ALLOWED")
    cells = {coding: "4200.00", (hcc, "expense", "MAINTENANCE"): "1120.40", (hcc, "expense", "TRAINING"): "800.00"}
    cells |= {(hcc, "expense", "NON_SOFTWARE"): "4012.15", ("utility_opex", "expense", "SHARED"): "2213.12"}
    assert {tuple(cell): amount for *cell, amount in found} == {cell: Decimal(sum_) for cell, sum_ in cells.items()}
    assert sum(amount for *_, amount in found) == Decimal("12345.67")


# What a charge says, and what US GAAP, IFRS and tax make of it. The gates of proj-A were met by 2026-06-22, its module
# mod-A is not ready; the others differ in one thing each.
CASES: dict[str, tuple[dict[str, Any], tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "all evidence, tagged": (
        {"project": "proj-A", "activity": "coding"},
        ("capitalise", "R080"),
        ("capitalise", "R080"),
        ("expense", "DOMESTIC_174A"),
    ),
    "production serves customers": (
        {"project": "proj-A", "activity": "coding", "workload": "prod_inference"},
        ("expense", "PRODUCTION"),
        ("expense", "PRODUCTION"),
        ("expense", "DEDUCTED"),
    ),
    "training on a project": (
        {"project": "proj-A", "activity": "training"},
        ("expense", "TRAINING"),
        ("expense", "TRAINING"),
        ("expense", "DEDUCTED"),
    ),
    "evaluation is research": (
        {"project": "proj-A", "activity": "evaluation"},
        ("expense", "PRELIMINARY"),
        ("expense", "PRELIMINARY"),
        ("expense", "DOMESTIC_174A"),
    ),
    "coding for no project": (
        {"activity": "coding"},
        ("expense", "NO_PROJECT"),
        ("expense", "NO_PROJECT"),
        ("expense", "LOCATION_UNKNOWN"),
    ),
    "a research project": (
        {"project": "lab", "activity": "coding"},
        ("expense", "RESEARCH"),
        ("expense", "RESEARCH"),
        ("capitalise", "FOREIGN_174"),
    ),
    "funded one day after the service": (
        {"project": "late", "activity": "coding"},
        ("expense", "GATES_NOT_MET"),
        ("expense", "GATES_NOT_MET"),
        ("expense", "DOMESTIC_174A"),
    ),
    "ready on the day": (
        {"project": "ready", "activity": "coding"},
        ("expense", "AFTER_READY"),
        ("expense", "AFTER_READY"),
        ("expense", "DOMESTIC_174A"),
    ),
    "ready, and an enhancement authorised": (
        {"project": "better", "activity": "coding"},
        ("capitalise", "ENHANCEMENT"),
        ("capitalise", "ENHANCEMENT"),
        ("expense", "DOMESTIC_174A"),
    ),
    "given up": (
        {"project": "given-up", "activity": "coding"},
        ("expense", "GATES_NOT_MET"),
        ("expense", "GATES_NOT_MET"),
        ("expense", "DOMESTIC_174A"),
    ),
    "one module of two, not named": (
        {"project": "two", "activity": "coding"},
        ("expense", "GATES_NOT_MET"),
        ("expense", "GATES_NOT_MET"),
        ("expense", "DOMESTIC_174A"),
    ),
    "one module of two, named": (
        {"project": "two", "activity": "coding", "module": "two-1"},
        ("capitalise", "R080"),
        ("capitalise", "R080"),
        ("expense", "DOMESTIC_174A"),
    ),
    "below the threshold of the year": (
        {"project": "small", "activity": "coding"},
        ("expense", "BELOW_THRESHOLD"),
        ("expense", "BELOW_THRESHOLD"),
        ("expense", "DOMESTIC_174A"),
    ),
    "a hosted service is set up": (
        {"project": "crm", "activity": "configuration"},
        ("capitalise_cca_impl", "R075"),
        ("capitalise_cca_impl", "R075"),
        ("expense", "DOMESTIC_174A"),
    ),
    "sold software before it is feasible": (
        {"project": "box", "activity": "coding"},
        ("expense", "GATES_NOT_MET"),
        ("expense", "GATES_NOT_MET"),
        ("expense", "DOMESTIC_174A"),
    ),
    "no activity": (
        {"project": "proj-A"},
        ("expense", "DEFAULT_EXPENSE"),
        ("expense", "DEFAULT_EXPENSE"),
        ("expense", "DEDUCTED"),
    ),
}
DAY = "2026-09-14"


def projects() -> dict[str, list[dict[str, Any]]]:
    """Projects that differ in one thing from proj-A, whose evidence is complete."""
    kinds = {"lab": "research", "crm": "cca_implementation", "box": "external_software"}
    names = ["proj-A", "lab", "late", "ready", "better", "given-up", "two", "small", "crm", "box", "by-person"]
    gates = [(name, None, gate, day) for name in names if name not in ("two", "late") for gate, day in GATES.items()]
    gates = [row for row in gates if (row[0], row[2]) != ("box", "uncertainty_resolved")]
    gates += [("late", None, gate, "2026-09-15" if gate == "funded" else day) for gate, day in GATES.items()]
    gates += [("two", "two-1", gate, day) for gate, day in GATES.items()]
    gates += [(name, None, "ready_for_use", DAY) for name in ("ready", "better")]
    gates += [("better", None, "enhancement_authorised", DAY), ("given-up", None, "abandoned", "2026-09-01")]
    modules = [("proj-A", "mod-A"), ("two", "two-1"), ("two", "two-2")]
    return {
        "company.projects": [
            {
                "project_id": name,
                "project_type": kinds.get(name, "internal_use"),
                "entity_id": "US01",
                "location_of_work": "IE" if name == "lab" else "US",
                "cost_center_id": "CC100",
                **SINCE,
            }
            for name in names
        ],
        "company.modules": [{"module_id": module, "project_id": project} for project, module in modules],
        "company.gate_events": [
            {"project_id": p, "module_id": m, "gate": g, "event_date": d, "evidence_ref": f"{p}-{g}"}
            for p, m, g, d in gates
        ],
    }


OVERRIDES = {
    "maintenance after all": ("activity", "maintenance", None),
    "expensed by hand": ("us_gaap_treatment", "expense", None),
    "utility by hand": ("mgmt_class", "utility_opex", "2026-09-15"),
    "expired the day before": ("mgmt_class", "utility_opex", DAY),
}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One charge per case, another per override, and one by a person's own project; with permission to capitalise."""
    said = [(name, tags, "1.00" if tags.get("project") == "small" else "1500.00") for name, (tags, *_) in CASES.items()]
    said += [(name, {"project": "proj-A", "activity": "coding"}, "10.00") for name in OVERRIDES]
    rows = [
        charge(DAY, cost, row, x_CredentialId="key-of-P01", ChargeDescription=name, Tags=json.dumps(tags))
        for row, (name, tags, cost) in enumerate(said, start=1)
    ]
    rows.append(charge(DAY, "1500.00", 99, x_ConsumerId="P02", ChargeDescription="by person", x_Activity="coding"))
    rows.append(charge(DAY, "7.00", 98, ChargeCategory="Purchase", EffectiveCost="0", ChargeDescription="bought"))
    first = len(CASES) + 1
    overrides = [
        {"override_id": f"OV-{n}", "charge_ref": f"L1:{first + n}", "field": field, "value": value, "expires_on": until}
        for n, (field, value, until) in enumerate(OVERRIDES.values())
    ]
    person = {**key("P02"), "kind": "user_id", "value": "P02", "project_id": "by-person"}
    books = {**company(capitalise=True), **fixture.month("2026-09", rows), **projects()}
    books |= {"company.credentials": [key("P01"), person], "company.manual_overrides": overrides}
    books |= {f"company.{name}": defaults(f"{name}.csv") for name in ("chart_of_accounts", "posting_rules")}
    return built(tmp_path_factory.mktemp("cases"), books)


def decided(path: Path, columns: str, description: str) -> tuple[Any, ...]:
    """Columns of the one allocation of the charge so described."""
    (row,) = fixture.rows(
        path,
        f"select {columns} from finance.fct_allocations as a join finance.fct_charges as c using (charge_id) "
        f"where c.charge_description = '{description}'",
    )
    return row


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_decision(cases: Path, name: str) -> None:
    """accounting.md 2.3, evidence as of the service date (2.4); EX-31's side of where work is done."""
    columns = "us_gaap_treatment, us_gaap_reason, ifrs_treatment, ifrs_reason, tax_treatment, tax_reason"
    _, us_gaap, ifrs, tax = CASES[name]
    assert decided(cases, columns, name) == (*us_gaap, *ifrs, *tax)


def test_a_persons_project_is_attributed_below_the_minimum(cases: Path) -> None:
    columns = "project_grade, us_gaap_treatment, us_gaap_reason"
    assert decided(cases, columns, "by person") == ("C", "expense", "ATTRIBUTION_BELOW_MINIMUM")


def test_a_purchase_of_credit_is_prepaid_and_nobodys_cost(cases: Path) -> None:
    assert decided(cases, "us_gaap_treatment, a.amount", "bought") == ("prepaid", Decimal(0))


def test_a_decision_names_policy_hash_rule_and_evidence(cases: Path) -> None:
    """INV-25: what decided and what it rested on stand on the slice."""
    policy, evidence = decided(cases, "us_gaap_policy, evidence_ids", "all evidence, tagged")
    assert policy.startswith("statutory-us-gaap@1#")
    assert policy.endswith(":R080")
    assert {"authorised=proj-A-authorised", "funded=proj-A-funded"} < set(evidence.split(";"))
    late = decided(cases, "evidence_ids", "funded one day after the service")[0]
    assert "funded" not in late
    assert decided(cases, "book_function", "evaluation is research") == ("rnd",)
    assert decided(cases, "book_function", "production serves customers") == ("cost_of_revenue",)


def test_an_override_decides_one_charge_until_it_expires(cases: Path) -> None:
    activity = decided(cases, "activity, us_gaap_reason, us_gaap_policy", "maintenance after all")
    assert activity[:2] == ("maintenance", "MAINTENANCE")
    assert activity[2].endswith(":R040 override:OV-0")
    by_hand = decided(cases, "us_gaap_treatment, us_gaap_reason, us_gaap_policy, ifrs_treatment", "expensed by hand")
    assert by_hand == ("expense", "OVERRIDE", "override:OV-1", "capitalise")
    utility = decided(cases, "mgmt_class, mgmt_reason, mgmt_policy, us_gaap_treatment", "utility by hand")
    assert utility == ("utility_opex", "OVERRIDE", "override:OV-2", "capitalise")
    assert decided(cases, "mgmt_class, mgmt_policy", "expired the day before")[0] == "human_capital_capex"
    states = dict(fixture.rows(cases, "select override_id, state from finance.rpt_overrides"))
    assert states == {"OV-0": "in_force", "OV-1": "in_force", "OV-2": "in_force", "OV-3": "expired"}


def test_utility_that_qualifies_is_a_line_of_the_bridge(cases: Path) -> None:
    """accounting.md 2.6: what is capitalised though no person was equipped with it is added to the bridge."""
    found = fixture.rows(
        cases,
        "select reason, amount from finance.rpt_capitalization_bridge "
        "where framework = 'us_gaap' and line = 'utility_that_qualifies'",
    )
    assert found == [("R080", Decimal("10.00"))]


# What is done to sound books, and the test that must turn red.
FAULTS = {
    "INV-08 a class that is none": (
        "update finance.fct_allocations set mgmt_class = 'unclassified'",
        "allocations_classed",
    ),
    "INV-08 a treatment that is none": (
        "update finance.fct_allocations set ifrs_treatment = 'asset' where us_gaap_reason = 'TRAINING'",
        "allocations_classed",
    ),
    "INV-09 a share changed after the bridge": (
        "update finance.rpt_capitalization_bridge set amount = amount + 0.01 where line = 'residual'",
        "bridge_leaves_nothing",
    ),
    "INV-10 capitalised without evidence": (
        "update finance.fct_allocations set us_gaap_treatment = 'capitalise' where us_gaap_reason = 'GATES_NOT_MET'",
        "capitalised_with_evidence",
    ),
    "INV-10 evidence moved to the day after": (
        "update company.gate_events set event_date = '2026-09-15' where gate = 'authorised' and project_id = 'proj-A'",
        "capitalised_with_evidence",
    ),
    "INV-10 ready without an enhancement": (
        "delete from company.gate_events where gate = 'enhancement_authorised'",
        "capitalised_with_evidence",
    ),
    "INV-10 no permission": (
        "update company.statutory_policies set allow_token_capitalisation = false",
        "capitalised_with_evidence",
    ),
    "INV-11 a posting rule for human capital": (
        "update company.posting_rules set treatment = 'human_capital_capex' where treatment = 'capitalise'",
        "management_never_posts",
    ),
    "INV-25 two versions on one day": (
        "insert into company.statutory_policies select * replace (2 as version) from company.statutory_policies",
        "policies_hold_once",
    ),
    "INV-25 a policy edited afterwards": (
        "update company.statutory_policies set policy_hash = 'another'",
        "policies_hold_once",
    ),
    "INV-26 one person alone": (
        "update company.gate_events set recorded_by = 'carol', approved_by = ' Carol'",
        "recorded_by_two",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_deliberate_fault_is_seen(cases: Path, tmp_path: Path, name: str) -> None:
    """INV-08, 09, 10, 11, 25, 26: each is red when broken; that they are green without a fault, the build has shown."""
    fault, check = FAULTS[name]
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(cases, path)
    with duckdb.connect(str(path)) as con:
        (changed,) = con.execute(fault).fetchone() or (0,)
    assert changed > 0
    result = fixture.run_dbt(path, "test", "--select", check)
    assert result.returncode == 1, result.stdout[-2000:]
    assert "FAIL" in result.stdout
