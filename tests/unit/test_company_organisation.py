"""INV-20 and what takes over: gaps, overlaps, merged centres and services that share on, each refused with its cure."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.company import check_company
from tests.unit.test_company_checks import SOUND, refusal

RULES = "rule_id,priority,source,account,service_id,sub_account,method,targets,valid_from,valid_to,approved_by\n"
SERVICES = "service_id,name,owner_employee_id,workload,cost_center_id,valid_from,valid_to\n" + "".join(
    f"S{number},Service,E1,admin,,2024-01-01,\n" for number in range(1, 7)
)
CENTRES = "cost_center_id,name,function,entity_id,parent_id,valid_from,valid_to,successor_id\n"

Company = Callable[..., Path]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """The sound company with files replaced: company({"employees.csv": text})."""

    def write(files: dict[str, str]) -> Path:
        for name, text in {**SOUND, "services.csv": SERVICES, **files}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def rules(*steps: str) -> dict[str, str]:
    """`S1>S2` is a rule of service S1 that shares on to S2; a third part gives its dates."""
    rows = []
    for number, step in enumerate(steps, start=1):
        service, target, *dates = step.split(">")
        rows.append(f"R{number},10,*,*,{service},,fixed,{target},{dates[0] if dates else '2024-01-01,'},E2\n")
    return {"allocation_rules.csv": RULES + "".join(rows)}


def told(folder: Path) -> list[tuple[str, str, int | None]]:
    return [(found.rule, found.file, found.row) for found in refusal(folder)]


def test_services_may_share_on_in_a_line(company: Company) -> None:
    steps = rules("S1>CC1:50;S2:30", "S2>S3;CC2", "S3>S4", "S4>S5", "S5>CC1")
    assert check_company(company(steps)).tables["allocation_rules"].num_rows == 5


def test_services_that_share_in_a_circle_are_refused(company: Company) -> None:
    found = refusal(company(rules("S1>S2:1;CC1:1", "S2>S3", "S3>S1")))
    assert {finding.row for finding in found} == {1, 2, 3}
    assert "S1 -> S2 -> S3 -> S1" in str(found[0])
    assert "let one of them share on to cost centres alone" in str(found[0])


def test_a_circle_on_no_common_day_is_none(company: Company) -> None:
    steps = rules("S1>S2>2024-01-01,2025-01-01", "S2>S1>2025-01-01,")
    assert check_company(company(steps)).tables["allocation_rules"].num_rows == 2


def test_a_service_that_shares_with_itself_is_refused(company: Company) -> None:
    assert told(company(rules("S1>S1:1;CC1:1"))) == [("step-down", "allocation_rules.csv", 1)]


def test_services_that_share_on_too_often_are_refused(company: Company) -> None:
    found = refusal(company(rules("S1>S2", "S2>S3", "S3>S4", "S4>S5", "S5>S6", "S6>CC1")))
    assert [finding.row for finding in found] == [1]
    assert "more than 4 times" in str(found[0])


def test_only_fixed_weights_share_on_to_a_service(company: Company) -> None:
    text = RULES + "R1,10,*,*,,,headcount,CC1;S1,2024-01-01,,E2\n"
    assert told(company({"allocation_rules.csv": text})) == [("step-down", "allocation_rules.csv", 1)]


def test_an_id_may_not_be_a_service_and_a_centre(company: Company) -> None:
    services = SERVICES + "CC2,Service,E1,admin,CC1,2024-01-01,\n"
    assert told(company({"services.csv": services, **rules("S1>CC2")})) == [("step-down", "allocation_rules.csv", 1)]


def test_an_unknown_target_is_refused(company: Company) -> None:
    found = refusal(company(rules("S1>S99")))
    assert "services.csv" in str(found[0])


def centres(*rows: str) -> dict[str, str]:
    """`CC2 2020-01-01 2026-09-01 CC1`: a centre, its dates and its successor; `-` is empty."""
    text = [
        f"{centre},Name,rnd,US01,,{start},{'' if end == '-' else end},{'' if to == '-' else to}\n"
        for centre, start, end, to in (row.split() for row in rows)
    ]
    return {"cost_centers.csv": CENTRES + "".join(text)}


def test_a_merged_centre_leads_to_one_that_holds(company: Company) -> None:
    files = centres("CC1 2020-01-01 - -", "CC2 2020-01-01 2026-09-01 CC3", "CC3 2020-01-01 2026-05-01 CC1")
    assert check_company(company(files)).tables["cost_centers"].num_rows == 3


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(["CC1 2020-01-01 - -", "CC2 2020-01-01 - CC1"], "has a successor but no end", id="no end"),
        pytest.param(
            ["CC1 2020-01-01 - -", "CC2 2020-01-01 2026-09-01 CC3", "CC3 2027-01-01 - -"],
            "leads to no cost centre on 2026-09-01",
            id="not there yet",
        ),
        pytest.param(
            ["CC1 2020-01-01 - -", "CC2 2020-01-01 2026-09-01 CC2"],
            "leads to no cost centre on 2026-09-01",
            id="itself",
        ),
        pytest.param(
            ["CC1 2020-01-01 2026-09-01 CC2", "CC2 2020-01-01 2026-09-01 CC1"],
            "leads to no cost centre on 2026-09-01",
            id="each other",
        ),
        pytest.param(
            ["CC1 2020-01-01 - -", "CC2 2020-01-01 2026-09-01 -"], "CC2 ended on 2026-09-01", id="people left"
        ),
    ],
)
def test_people_of_a_closed_centre_belong_somewhere(company: Company, rows: list[str], expected: str) -> None:
    found = refusal(company(centres(*rows)))
    assert any(expected in str(finding) for finding in found)


def test_who_left_before_their_centre_closed_is_no_fault(company: Company) -> None:
    """E2 left on 1 July 2026; the assignment is open, the person is not."""
    placed = SOUND["cost_center_assignments.csv"].replace("E1,CC2,0.4,2026-06-15,", "E1,CC1B,0.4,2026-06-15,")
    files = centres("CC1 2020-01-01 - -", "CC1B 2020-01-01 - -", "CC2 2020-01-01 2026-07-01 -")
    assert check_company(company({**files, "cost_center_assignments.csv": placed})).hash


def test_files_from_before_the_new_columns_are_read(company: Company) -> None:
    """`successor_id`, `manager_id`, `basis` and `on_date` are optional: an old header stays valid."""
    tables = check_company(company(rules("S1>CC1"))).tables
    for table, column in [
        ("cost_centers", "successor_id"),
        ("employees", "manager_id"),
        ("allocation_rules", "basis"),
        ("allocation_rules", "on_date"),
    ]:
        assert tables[table][column].null_count == tables[table].num_rows > 0


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("credentials.csv", "E2,,,2026-03-01,", "E2,,,2026-03-02,", "gap"),  # nobody's for one day
        ("credentials.csv", "2024-01-01,2026-03-01", "2024-01-01,2026-03-02", "overlap"),
        ("cost_center_assignments.csv", "E1,CC2,0.4", "E1,CC2,0.39", "shares"),
        ("cost_center_assignments.csv", "E1,CC1,1,2024-01-01,2026-06-15", "E1,CC1,1,2024-01-01,2026-06-14", "gap"),
        ("cost_center_assignments.csv", "E1,CC1,0.6,2026-06-15", "E1,CC1,0.6,2026-06-14", "overlap"),
        ("employees.csv", "1,2024-01-01,\n", "1,2024-01-01,\nE1,Ada,,employee,engineer,1,2026-01-01,\n", "overlap"),
    ],
)
def test_intervals_have_no_gap_no_overlap_and_sum_to_one(
    company: Company, name: str, old: str, new: str, rule: str
) -> None:
    """INV-20, from the negative list of accounting.md section 9: a gap of one day, an overlap, shares of 0.99."""
    assert old in SOUND[name]
    found = refusal(company({name: SOUND[name].replace(old, new, 1)}))
    assert rule in {finding.rule for finding in found}
