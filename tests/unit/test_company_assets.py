"""Modules and what changes their life: every fault is told with file, row and column (accounting.md 2.4 E8, 2.7)."""

from pathlib import Path

import pytest

from pipeline.company import CompanyRefused, check_company

FILES = {
    "entities.csv": "entity_id,name,functional_currency,cutoff_timezone\nUS01,Acme,USD,UTC\n",
    "projects.csv": (
        "project_id,name,entity_id,project_type,cost_center_id,location_of_work,valid_from,valid_to\n"
        "P,Tools,US01,internal_use,,US,2026-01-01,\nQ,More,US01,internal_use,,US,2026-01-01,\n"
    ),
    "modules.csv": (
        "module_id,project_id,name,depends_on,useful_life_months,life_memo_ref,life_memo_date\n"
        "M1,P,Engine,,36,MEMO-1,2026-06-30\nM2,P,Screen,M1,24,MEMO-1,2026-06-30\nM3,P,Both,M1;M2,36,MEMO-1,2026-06-30\n"
    ),
    "gate_events.csv": (
        "project_id,module_id,gate,event_date,evidence_ref,recorded_by,approved_by\n"
        "P,M1,ready_for_use,2026-06-30,TEST-1,E1,E2\n"
    ),
    "asset_changes.csv": (
        "project_id,module_id,change,effective_date,months,amount,memo_ref,memo_date,recorded_by,approved_by\n"
        "P,M1,useful_life,2027-07-01,24,,MEMO-2,2027-06-20,E1,E2\n"
        "P,M1,impairment,2027-08-01,,150.00,MEMO-3,2027-08-01,E1,E2\n"
    ),
}


def company(folder: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """A small company with one piece of text replaced."""
    for name, text in FILES.items():
        assert name != file or old in text, f"{old!r} is not in {name}: the test would change nothing"
        (folder / name).write_text(text.replace(old, new, 1) if name == file else text)
    return folder


def test_a_sound_company_is_accepted_without_a_word(tmp_path: Path) -> None:
    inputs = check_company(company(tmp_path))
    assert inputs.warnings == ()
    assert inputs.tables["asset_changes"].num_rows == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("modules.csv", "Engine,", "Engine,M3", ("circle", 1, "depends_on")),
        ("modules.csv", "Engine,", "Engine,M1", ("circle", 1, "depends_on")),
        ("modules.csv", "M1;M2", "M1;M9", ("dangling-reference", 3, "depends_on")),
        ("modules.csv", "36,MEMO-1", "0,MEMO-1", ("life", 1, "useful_life_months")),
        ("modules.csv", "24,MEMO-1", "24,", ("life", 2, "life_memo_ref")),
        ("modules.csv", "24,MEMO-1,2026-06-30", "24,MEMO-1,", ("life", 2, "life_memo_date")),
        ("asset_changes.csv", "2027-06-20", "2027-07-02", ("change", 1, "effective_date")),
        ("asset_changes.csv", "24,,MEMO", ",,MEMO", ("change", 1, "months")),
        ("asset_changes.csv", "24,,MEMO", "24,9.00,MEMO", ("change", 1, "months")),
        ("asset_changes.csv", "150.00", "-150.00", ("change", 2, "amount")),
        ("asset_changes.csv", "P,M1,impairment", "Q,M1,impairment", ("change", 2, "project_id")),
        ("asset_changes.csv", "E1,E2", "E1,E1", ("self-approved", 1, "approved_by")),
    ],
)
def test_a_fault_is_told(tmp_path: Path, file: str, old: str, new: str, place: tuple[str, int, str]) -> None:
    with pytest.raises(CompanyRefused) as refused:
        check_company(company(tmp_path, file, old, new))
    assert place in [(found.rule, found.row, found.column) for found in refused.value.findings]
    assert {found.file for found in refused.value.findings} == {file}


@pytest.mark.parametrize("memo", ["36,MEMO-1,2026-07-01", ",,"])
def test_a_start_without_its_memo_is_a_warning(tmp_path: Path, memo: str) -> None:
    """E8: a memo cannot be written backwards, so the policy's life holds until there is one, and that is told."""
    inputs = check_company(company(tmp_path, "modules.csv", "36,MEMO-1,2026-06-30", memo))
    assert [(found.rule, found.file, found.row) for found in inputs.warnings] == [("life", "modules.csv", 1)]
    assert "policy's life" in str(inputs.warnings[0])
