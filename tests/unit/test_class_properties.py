"""INV-08 for any rules and any shares: one management class each, and at most one statutory rule per framework."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from tests.rendered_macros import VARS, model

CONDITIONS = VARS["rule_conditions"]
ASKED = ("workload", "activity", "bearer_type", "entity_id")
VALUES = st.sampled_from([None, "a", "b"])
DAYS = st.integers(1, 28).map(lambda day: f"2026-09-{day:02d}")
SLICES = {
    **dict.fromkeys(["slice_id", "currency", "module_id", "project_grade", *CONDITIONS], "varchar"),
    "service_date": "date",
    "is_leaver": "boolean",
    "amount_per_day": "decimal(38, 12)",
    "amount_per_period": "decimal(38, 12)",
}
RULES = {
    **dict.fromkeys(["policy_id", "policy_hash", "entity", "rule_id", "currency", "mgmt_class"], "varchar"),
    **dict.fromkeys(["reason_code", "framework", "require", "readiness", "treatment", "function"], "varchar"),
    **dict.fromkeys(["without", "regime", *CONDITIONS], "varchar"),
    **dict.fromkeys(["version", "rule_order"], "integer"),
    **dict.fromkeys(["effective_from", "effective_to", "service_from", "service_to"], "date"),
    **dict.fromkeys(["amount_per_day", "amount_per_period"], "decimal(38, 12)"),
}  # fmt: skip
CON = duckdb.connect(config={"threads": 1})
Rows = list[dict[str, Any]]


@st.composite
def books(draw: Callable[..., Any]) -> tuple[Rows, Rows]:
    """Slices, and the rules of a policy for all and of one of entity `a`; many hold for a slice, or none does."""
    stated = st.fixed_dictionaries(dict.fromkeys(ASKED, VALUES))
    shares = [
        {**draw(stated), "slice_id": str(n), "service_date": draw(DAYS), "currency": "USD", "project_id": "P",
         "is_leaver": draw(st.booleans()), "amount_per_day": draw(st.integers(-9, 9)), "amount_per_period": 5}
        for n in range(draw(st.integers(1, 6)))
    ]  # fmt: skip
    rules = [
        {**draw(stated), "policy_id": "p", "version": 1, "entity": draw(st.sampled_from([None, "a"])),
         "effective_from": "2026-01-01", "rule_order": draw(st.integers(0, 3)), "rule_id": f"R{n}", "currency": "USD",
         "service_from": draw(st.none() | DAYS), "amount_per_day": draw(st.none() | st.integers(-9, 9)),
         "mgmt_class": draw(st.sampled_from(["utility_opex", "human_capital_capex"])), "reason_code": f"C{n}",
         "framework": draw(st.sampled_from(["us_gaap", "ifrs"])), "treatment": "capitalise",
         "readiness": draw(st.sampled_from([None, "before", "after"]))}
        for n in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    return shares, rules


def fill(name: str, columns: dict[str, str], rows: Rows) -> None:
    CON.execute(f"create or replace table {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        CON.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))


def classed(found: tuple[Rows, Rows], *faults: tuple[str, str]) -> bool:
    """One class for each slice, one that exists; whoever left equips nobody; the first rule that holds decides."""
    shares, rules = found
    fill("int_slices", SLICES, shares)
    fill("stg_management_rules", RULES, rules)
    query = model("int_slices_classed", "policies", faults=faults)
    rows = CON.execute(f"select slice_id, mgmt_class, mgmt_reason from ({query})").fetchall()
    kinds = all(mgmt_class in ("utility_opex", "human_capital_capex") for _, mgmt_class, _ in rows)
    leavers = {share["slice_id"] for share in shares if share["is_leaver"]}
    left = all((reason == "LEAVER_KEY") == (slice_id in leavers) for slice_id, _, reason in rows)
    return sorted(slice_id for slice_id, *_ in rows) == sorted(share["slice_id"] for share in shares) and kinds and left


def ruled(found: tuple[Rows, Rows], *faults: tuple[str, str]) -> bool:
    """At most one rule for each slice and framework; where none holds the policy's default does."""
    shares, rules = found
    evidence = ["authorised", "funded", "probable_completion", "development_started", "uncertainty_resolved"]
    fill("int_slices", SLICES, shares)
    fill("stg_statutory_rules", RULES, [{**rule, "policy_hash": "h"} for rule in rules])
    columns = {**dict.fromkeys(["project_id", "module_id"], "varchar"), "service_date": "date", "is_ready": "boolean"}
    fill("int_evidence", {**columns, **dict.fromkeys(evidence, "date")}, [])
    kinds = {
        **dict.fromkeys(["slice_id", "framework", "policy_id", "policy_hash", "regime"], "varchar"),
        "version": "int",
    }
    held = {"policy_id": "p", "version": 1, "policy_hash": "h"}
    fill("int_slice_policies", kinds, [
        {"slice_id": share["slice_id"], "framework": framework, **held}
        for share in shares for framework in ("us_gaap", "ifrs")
    ])  # fmt: skip
    query = model("int_slices_ruled", "policies", faults=faults)
    rows = CON.execute(f"select slice_id, framework from ({query})").fetchall()
    return len(rows) == len(set(rows))


INVARIANTS = {"classes": classed, "statutory rules": ruled}
EVERY_RULE = ("and matches.match_rank = 1", "")
FAULTS = {"classes": EVERY_RULE, "statutory rules": ("where match_rank = 1", "")}


@pytest.mark.parametrize("name", INVARIANTS)
def test_whatever_the_rules_say_a_share_has_one(name: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(found=books())
    def prove(found: tuple[Rows, Rows]) -> None:
        assert INVARIANTS[name](found)

    prove()


@pytest.mark.parametrize("name", INVARIANTS)
def test_a_fault_is_seen(name: str) -> None:
    fast = settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate])
    broken = find(books(), lambda found: not INVARIANTS[name](found, FAULTS[name]), settings=fast)
    assert INVARIANTS[name](broken), "without the fault the same books are well"
