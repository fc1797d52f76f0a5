"""Overrides and posting rules of a company: two persons, values that exist, no way past the evidence (INV-11, 26)."""

from pathlib import Path

import duckdb
import pytest

from pipeline.company.cells import check_cells
from pipeline.company.declared import contract
from pipeline.company.overrides import check_overrides
from pipeline.company.reading import read_table
from pipeline.company.rows import check_rows

OVERRIDES = "override_id,charge_ref,field,value,reason,requested_by,approved_by,expires_on\n"
RULES = "event,treatment,function,debit_account,credit_account,valid_from,valid_to\n"


def told(folder: Path, **texts: str) -> list[tuple[str, int | None, str | None]]:
    """(rule, row, column) of what is wrong with these files, read and checked as a company's are."""
    with duckdb.connect() as con:
        for schema in ("raw", "text", "typed"):
            con.execute(f"create schema {schema}")
        found = []
        for name in {"entities", "cost_centers", "projects", "chart_of_accounts", *texts}:
            if name in texts:
                (folder / f"{name}.csv").write_text(texts[name])
            table = contract()[name]
            found += read_table(con, folder, name, table)
        for name in texts:
            found += check_cells(con, name, contract()[name]) + check_rows(con, name, contract()[name])
        if "manual_overrides" in texts:
            found += check_overrides(con)
    return [(finding.rule, finding.row, finding.column) for finding in found]


SOUND = [
    "O1,0123456789abcdef:17,mgmt_class,utility_opex,wrong key,E1,E2,2026-12-31",
    "O2,01234567:18,activity,maintenance,a fix,E1,E2,",
    "O3,01234567:19,tax_treatment,capitalise,done abroad,E1,E2,",
]


def test_sound_overrides_pass(tmp_path: Path) -> None:
    assert told(tmp_path, manual_overrides=OVERRIDES + "\n".join(SOUND) + "\n") == []


FAULTS = {
    "one person (INV-26)": ("O4,01234567:1,activity,coding,x,E1,e1,", ("self-approved", 4, "approved_by")),
    "capitalised by hand (INV-10)": (
        "O4,01234567:1,us_gaap_treatment,capitalise,x,E1,E2,",
        ("allowed", 4, "value"),
    ),
    "a class that is none": ("O4,01234567:1,mgmt_class,capex,x,E1,E2,", ("allowed", 4, "value")),
    "a field that is none": ("O4,01234567:1,amount,5,x,E1,E2,", ("allowed", 4, "field")),
    "no charge": ("O4,everything,activity,coding,x,E1,E2,", ("type", 4, "charge_ref")),
    "a project nobody knows": ("O4,01234567:1,project_id,P9,x,E1,E2,", ("dangling-reference", 4, "value")),
    "the same charge twice": ("O4,01234567:18,activity,coding,x,E1,E2,", ("duplicate-key", 4, "field")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_override_that_may_not_be_is_refused(tmp_path: Path, name: str) -> None:
    row, expected = FAULTS[name]
    assert told(tmp_path, manual_overrides=OVERRIDES + "\n".join([*SOUND, row]) + "\n") == [expected]


def test_a_posting_rule_cannot_name_a_management_class(tmp_path: Path) -> None:
    """INV-11: human-capital capex is never mapped to an account."""
    chart = "account_id,name,account_type,natural_class\n1610,Software,asset,software\n2110,Accrued,liability,accrual\n"
    rules = RULES + "accrual,capitalise,,1610,2110,2020-01-01,\naccrual,human_capital_capex,,1610,2110,2020-01-01,\n"
    assert told(tmp_path, chart_of_accounts=chart, posting_rules=rules) == [("allowed", 2, "treatment")]
