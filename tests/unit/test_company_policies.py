"""Policies: two persons, one version on every day, a class for every charge, and one row per combination of values."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.company.policies import read_policies
from pipeline.company.policy_documents import Threshold
from pipeline.company.policy_rows import management_rows, statutory_rows, statutory_rule_rows

MANAGEMENT = """\
policy_id: management
version: 1
effective_from: 2025-01-01
effective_to:
author: E034
approver: E038
rules:
  - {id: M010, when: {workload: [shared_ci, admin], worker_type: [contractor, employee]},
     class: utility_opex, reason: A}
  - {id: M020, when: {bearer_type: [employee]}, class: human_capital_capex, reason: B}
  - {id: M999, class: utility_opex, reason: C}
"""
STATUTORY = """\
policy_id: statutory-ifrs
version: 3
effective_from: 2025-01-01
author: E034
approver: E038
default_treatment: expense
default_reason: DEFAULT_EXPENSE
"""


def written(folder: Path, **texts: str) -> Path:
    """A folder of policies: name without ending = text."""
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_rules_become_one_row_per_combination_in_their_order(tmp_path: Path) -> None:
    policies, findings = read_policies(written(tmp_path, management=MANAGEMENT))
    assert findings == []
    rows = [
        (
            row["rule_order"],
            row["workload"],
            row["worker_type"],
            row["bearer_type"],
            row["mgmt_class"],
            row["reason_code"],
        )
        for row in management_rows(policies)
    ]
    assert rows == [
        (1, "shared_ci", "contractor", None, "utility_opex", "A"),
        (1, "shared_ci", "employee", None, "utility_opex", "A"),
        (1, "admin", "contractor", None, "utility_opex", "A"),
        (1, "admin", "employee", None, "utility_opex", "A"),
        (2, None, None, "employee", "human_capital_capex", "B"),
        (3, None, None, None, "utility_opex", "C"),
    ]


def test_a_statutory_policy_states_its_framework_and_default(tmp_path: Path) -> None:
    policies, findings = read_policies(written(tmp_path, statutory=STATUTORY))
    assert findings == []
    (row,) = statutory_rows(policies, Threshold())
    assert (row["framework"], row["version"], row["default_treatment"]) == ("ifrs", 3, "expense")
    assert row["effective_to"] is None
    assert len(row["policy_hash"]) == 64


FAULTS = {
    "approved by its author": ("approver: E038", "approver: e034 ", ("self-approved", "approver")),
    "no approver": ("approver: E038\n", "", ("policy", "approver")),
    "a class that is none": ("class: human_capital_capex", "class: capex", ("policy", "rules.1.class")),
    "a condition that is read by nothing": (
        "bearer_type: [employee]",
        "bearer: [employee]",
        ("policy", "rules.1.when.bearer"),
    ),
    "no rule for the rest": ("{id: M999, class", "{id: M999, when: {activity: [x]}, class", ("policy", "rules.2.when")),
    "two rules of one name": ("id: M020", "id: M010", ("duplicate-key", "rules.1.id")),
    "dates reversed": ("effective_to:", "effective_to: 2024-01-01", ("dates-reversed", "effective_to")),
    "a policy nobody knows": ("policy_id: management", "policy_id: managment", ("policy", "policy_id")),
    "no YAML": ("rules:", "rules: [", ("unreadable", None)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_place_and_cure(tmp_path: Path, name: str) -> None:
    old, new, expected = FAULTS[name]
    assert old in MANAGEMENT
    _, findings = read_policies(written(tmp_path, management=MANAGEMENT.replace(old, new)))
    assert [(found.rule, found.column) for found in findings] == [expected]
    assert all(found.row for found in findings if found.rule != "unreadable")
    assert all(found.file == "policies/management.yml" and found.message and found.cure for found in findings)


def test_a_fault_in_a_rule_names_its_line(tmp_path: Path) -> None:
    _, (found,) = read_policies(written(tmp_path, management=MANAGEMENT.replace("human_capital_capex", "capex")))
    assert found.row == 10


@pytest.mark.parametrize(
    ("ends", "starts", "rule"),
    [("", "2026-07-01", "overlap"), ("2026-07-02", "2026-07-01", "overlap"), ("2026-06-30", "2026-07-01", "gap")],
)
def test_versions_neither_overlap_nor_leave_a_day(tmp_path: Path, ends: str, starts: str, rule: str) -> None:
    first = MANAGEMENT.replace("effective_to:", f"effective_to: {ends}")
    second = MANAGEMENT.replace("version: 1", "version: 2").replace("2025-01-01", starts)
    _, findings = read_policies(written(tmp_path, v1=first, v2=second))
    assert [(found.rule, found.file) for found in findings] == [(rule, "policies/v2.yml")]
    assert starts in findings[0].message


def test_versions_that_follow_each_other_are_sound(tmp_path: Path) -> None:
    first = MANAGEMENT.replace("effective_to:", "effective_to: 2026-07-01")
    second = MANAGEMENT.replace("version: 1", "version: 2").replace("2025-01-01", "2026-07-01")
    policies, findings = read_policies(written(tmp_path, v1=first, v2=second, ifrs=STATUTORY))
    assert findings == []
    assert [policy.says.version for policy in policies] == [1, 2, 3]


CAPITALISING = """\
policy_id: statutory-us-gaap
version: 2
effective_from: 2026-09-01
author: E034
approver: E038
regime: asu_2025_06
allow_token_capitalisation: true
min_attribution_grade: B
capitalisation_threshold: {currency: USD, per_project_year: "25000.00", below: expense}
rules:
  - {id: R030, when: {workload: [prod_inference], prepaid: false}, treat: expense, function: cost_of_revenue}
  - {id: R060, when: {without: [E1, E2]}, treat: expense, reason: GATES_NOT_MET}
  - id: R080
    when: {project_type: [internal_use], activity: [coding, testing]}
    require: [E1, E2, E3, E4, E5, E6, E9]
    before: ready_for_use
    treat: capitalise
  - {id: R999, treat: expense, reason: DEFAULT_EXPENSE}
amortisation: {life_months: 24, convention: daily_actual, rounding: last_period_plug, true_up: prospective}
"""


def test_a_statutory_policy_becomes_dated_rows_and_settings(tmp_path: Path) -> None:
    policies, findings = read_policies(written(tmp_path, capitalising=CAPITALISING))
    assert findings == []
    told = [
        (row["rule_id"], row["activity"], row["without"], row["prepaid"], row["readiness"], row["reason_code"])
        for row in statutory_rule_rows(policies)
    ]
    assert told == [
        ("R030", None, None, "false", None, "R030"),
        ("R060", None, "E1", None, None, "GATES_NOT_MET"),
        ("R060", None, "E2", None, None, "GATES_NOT_MET"),
        ("R080", "coding", None, None, "before", "R080"),
        ("R080", "testing", None, None, "before", "R080"),
        ("R999", None, None, None, None, "DEFAULT_EXPENSE"),
    ]
    (row,) = statutory_rows(policies, Threshold())
    assert (row["regime"], row["allow_token_capitalisation"], row["approved_on"]) == (
        "asu_2025_06",
        True,
        date(2026, 9, 1),
    )
    assert (row["life_months"], row["start_convention"], row["amortisation_rounding"], row["true_up"]) == (
        24,
        "daily_actual",
        "last_period_plug",
        "prospective",
    )


GUARDS = {
    "without all evidence (INV-10)": ("E1, E2, E3, E4, E5, E6, E9", "E1, E2, E3", ("evidence", "rules.2.require")),
    "ready or not (INV-10)": ("    before: ready_for_use\n", "", ("evidence", "rules.2.treat")),
    "training": ("activity: [coding, testing]", "activity: [coding, training]", ("evidence", "rules.2.when")),
    "any activity": (", activity: [coding, testing]", "", ("evidence", "rules.2.when")),
    "a manager's estimate": (
        "min_attribution_grade: B",
        "min_attribution_grade: D",
        ("policy", "min_attribution_grade"),
    ),
    "another framework's regime": ("regime: asu_2025_06", "regime: ifrs", ("policy", "regime")),
    "a float": ('per_project_year: "25000.00"', "per_project_year: 0.1", None),
    "its author alone (INV-26)": ("approver: E038", "approver: E034", ("self-approved", "approver")),
    "an entity nobody knows": ("version: 2", "version: 2\nentity: XX01", ("dangling-reference", "entity")),
    "no rule for the rest": ("{id: R999, treat", "{id: R999, when: {prepaid: true}, treat", ("policy", "rules.3.when")),
}


@pytest.mark.parametrize("name", GUARDS)
def test_a_policy_that_capitalises_too_much_is_refused(tmp_path: Path, name: str) -> None:
    old, new, expected = GUARDS[name]
    assert old in CAPITALISING
    folder = written(tmp_path, capitalising=CAPITALISING.replace(old, new))
    _, (found,) = read_policies(folder, {"US01"})
    assert found.cure
    assert expected in (None, (found.rule, found.column))


def test_each_entity_has_one_version_a_day(tmp_path: Path) -> None:
    """INV-25: an entity's own policy may begin and end beside one for all; two of the same entity may not overlap."""
    of_all = CAPITALISING.replace("2026-09-01", "2025-01-01")
    own = CAPITALISING.replace("version: 2", "version: 3\nentity: US01")
    assert read_policies(written(tmp_path, all=of_all, own=own))[1] == []
    again = own.replace("version: 3", "version: 4").replace("2026-09-01", "2026-10-01")
    _, findings = read_policies(written(tmp_path, own_later=again))
    assert [(found.rule, found.file) for found in findings] == [("overlap", "policies/own_later.yml")]


def test_an_amount_of_a_management_rule_has_a_currency(tmp_path: Path) -> None:
    text = MANAGEMENT.replace("bearer_type: [employee]", 'bearer_type: [employee], amount_per_day: "50.00"')
    _, (found,) = read_policies(written(tmp_path, management=text))
    assert (found.rule, found.column) == ("policy", "rules.1.when")
