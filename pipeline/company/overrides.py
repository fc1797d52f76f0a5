"""Overrides of single charges (`manual_overrides.csv`): a value that the field can take, and one value at a time."""

import duckdb

from ingestion.findings import Finding, shortened
from pipeline.company.reading import ROW

FILE = "manual_overrides.csv"
CLASSES = ("utility_opex", "human_capital_capex")
# Capitalising takes evidence, not a signature: where project or activity is wrong, override that (INV-10).
TREATMENTS = ("expense", "prepaid", "tax_asset")
VALUES = {
    "mgmt_class": CLASSES,
    "us_gaap_treatment": TREATMENTS,
    "ifrs_treatment": TREATMENTS,
    "tax_treatment": (*TREATMENTS, "capitalise"),
}


def check_overrides(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Findings for typed.manual_overrides: a value its field cannot take, or two overrides of one field of a charge."""
    rows = con.execute(f"select {ROW}, field, value from typed.manual_overrides order by 1").fetchall()
    found = [_impossible(row, field, value) for row, field, value in rows if value not in VALUES.get(field, (value,))]
    twice = con.execute(
        f"""
        select b.{ROW}, min(a.{ROW}), b.field from typed.manual_overrides a join typed.manual_overrides b
            on a.charge_ref = b.charge_ref and a.field = b.field and a.{ROW} < b.{ROW}
            and coalesce(a.expires_on, date '9999-12-31') = coalesce(b.expires_on, date '9999-12-31')
        group by all order by all
        """
    ).fetchall()
    cure = "keep one of the two rows, or let them expire on different days"
    return found + [
        Finding(
            "duplicate-key", f"the {field} of this charge is overridden in row {first} too", cure, FILE, row, "field"
        )
        for row, first, field in twice
    ]


def _impossible(row: int, field: str, value: str) -> Finding:
    cure = "write one of " + ", ".join(VALUES[field])
    if value.startswith("capitalise"):
        cure += "; or override activity or project_id, and the policy decides by its evidence"
    return Finding("allowed", f"{shortened(value)} is no {field} that an override can give", cure, FILE, row, "value")
