"""The schedule of an asset as the SQL macros give it: worked examples to the cent, and what must hold for any asset.

Reference: accounting.md section 2.7, EX-09, EX-10, EX-11, EX-14, EX-31 and INV-16.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.rendered_macros import macros

SCHEDULE = str(macros("largest_remainder", "amortization", "amortization_base").amortized("terms"))
TYPES = {
    "asset_id": "varchar",
    "seq": "integer",
    "month_index": "integer",
    "added": "hugeint",
    "impaired": "hugeint",
    "is_ready": "boolean",
    "is_abandoned": "boolean",
    "start_month": "integer",
    "first_parts": "integer",
    "month_parts": "integer",
    "life_months": "integer",
    "rounding": "varchar",
    "true_up": "varchar",
}
Month = Mapping[str, Any]


def months(number: int, cost: int, life: int, **more: Any) -> list[dict[str, Any]]:
    """That many months of one asset of `cost` cents, ready in the first of them; `more` overrides any column."""
    common: dict[str, Any] = {
        "impaired": 0,
        "is_ready": True,
        "is_abandoned": False,
        "start_month": 0,
        "first_parts": 1,
        "month_parts": 1,
        "life_months": life,
        "rounding": "telescoping",
        "true_up": "catch_up",
    }
    rows = [{**common, "month_index": at, "added": 0 if at else cost} for at in range(number)]
    return [{**row, **more} for row in rows]


def schedules(assets: Iterable[list[Month]], *columns: str) -> list[list[tuple[Any, ...]]]:
    """The columns named, month by month, for each asset."""
    listed = list(assets)
    rows = [
        {**row, "asset_id": f"{at:06d}", "seq": seq}
        for at, asset in enumerate(listed)
        for seq, row in enumerate(asset, start=1)
    ]
    typed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in TYPES.items())
    with duckdb.connect(config={"threads": 1}) as con:  # a hundred tiny steps
        con.register("given", pa.Table.from_pylist(rows))
        con.execute(f"create table terms as select {typed} from given")
        sql = f"select asset_id, {', '.join(columns)} from ({SCHEDULE}) order by asset_id, seq"
        found = con.execute(sql).fetchall()
    answer: list[list[tuple[Any, ...]]] = [[] for _ in listed]
    for asset_id, *values in found:
        answer[int(asset_id)].append(tuple(int(value) for value in values))
    return answer


def charges(asset: list[Month]) -> list[int]:
    """What each month is charged, in cents."""
    return [charge for (charge,) in schedules([asset], "charge")[0]]


def test_ten_thousand_over_36_months_telescopes() -> None:
    """EX-09: 28 months at 277.78 and 8 at 277.77; the first year 3,333.33; the sum exact; nothing after the end."""
    found = charges(months(40, 1_000_000, 36))
    assert found[:3] == [27778, 27778, 27777]
    assert (found[35], found[36:]) == (27778, [0, 0, 0, 0])
    assert (found.count(27778), found.count(27777)) == (28, 8)
    assert (sum(found[:12]), sum(found)) == (333_333, 1_000_000)


def test_the_last_month_may_take_the_difference() -> None:
    """EX-09 and EX-10 as an ERP does it: 35 x 277.78 + 277.70, and 11 x 41.67 + 41.63."""
    assert charges(months(36, 1_000_000, 36, rounding="last_period_plug")) == [27778] * 35 + [27770]
    assert sum(charges(months(12, 1_000_000, 36, rounding="last_period_plug"))) == 333_336
    assert charges(months(12, 50_000, 12, rounding="last_period_plug")) == [4167] * 11 + [4163]


def test_rounded_months_never_charge_more_than_the_cost() -> None:
    """INV-16: 0.05 over 10 months is 0.01 five times, not ten times."""
    for sign in (1, -1):
        found = charges(months(10, sign * 5, 10, rounding="last_period_plug"))
        assert found == [sign] * 5 + [0] * 5


def test_five_hundred_over_a_year_telescopes() -> None:
    """EX-10: 41.67, 41.66, 41.67 repeating."""
    assert charges(months(12, 50_000, 12)) == [4167, 4166, 4167] * 4


def test_a_shorter_life_changes_no_month_that_was() -> None:
    """EX-11: after 12 of 36 months the life becomes 24: 6,666.67 over 12 lines, 555.56 first and last."""
    asset = months(24, 1_000_000, 36)
    before = charges(asset)
    found = charges([row if row["month_index"] < 12 else {**row, "life_months": 24} for row in asset])
    assert found[:12] == before[:12]
    assert (found[12], found[23], sum(found[12:])) == (55556, 55556, 666_667)
    assert sum(found) == 1_000_000


def test_a_first_month_by_days() -> None:
    """EX-11: ready on 10 November, 21 of 30 days: 194.44, and the 37th month takes the 9 days left."""
    found = charges(months(38, 1_000_000, 36, month_parts=30, first_parts=21))
    assert found[0] == 19444
    assert found[36] in (8333, 8334)
    assert (found[37], sum(found)) == (0, 1_000_000)


@pytest.mark.parametrize(("true_up", "october"), [("catch_up", 134_481), ("prospective", 134_261)])
def test_cost_that_comes_late(true_up: str, october: int) -> None:
    """EX-14: 48,250.37 over 36 months from September, 81.37 more in October."""
    asset = months(36, 4_825_037, 36, true_up=true_up)
    asset[1]["added"] = 8_137
    found = schedules([asset], "charge", "catch_up")[0]
    assert found[0] == (134_029, 0)
    assert found[1] == (october, 226 if true_up == "catch_up" else 0)
    assert sum(charge for charge, _ in found) == 4_833_174


def test_cost_after_the_end_is_charged_at_once() -> None:
    for true_up in ("catch_up", "prospective"):
        asset = months(15, 1_200, 12, true_up=true_up)
        asset[13]["added"] = 50
        assert charges(asset) == [100] * 12 + [0, 50, 0]


def test_cost_known_before_and_placed_when_ready() -> None:
    """J4: cost gathers in progress, goes into service when ready, and is charged from the month after."""
    asset = months(6, 1_200, 12, start_month=3)
    asset[1]["added"] = 1_200
    asset = [{**row, "is_ready": row["month_index"] >= 2} for row in asset]
    found = schedules([asset], "placed", "charge", "accumulated")[0]
    assert found == [(0, 0, 0), (0, 0, 0), (2400, 0, 0), (0, 200, 200), (0, 200, 400), (0, 200, 600)]


def test_evidence_that_comes_late_is_caught_up() -> None:
    """Ready two months ago, told now: the first charge holds the months that were missed, and says so."""
    asset = [{**row, "is_ready": row["month_index"] >= 2} for row in months(4, 1_200, 12)]
    asset[0]["start_month"] = asset[1]["start_month"] = None
    assert schedules([asset], "charge", "catch_up")[0] == [(0, 0), (0, 0), (300, 200), (100, 0)]


def test_what_is_in_service_stays_there() -> None:
    """A gate event that is taken back later moves nothing back; what was charged stays charged."""
    asset = months(4, 1_200, 12)
    asset[2] |= {"is_ready": False, "start_month": None, "added": 60}
    asset[3] |= {"is_ready": False, "start_month": None}
    found = schedules([asset], "placed", "placed_cost", "charge", "accumulated")[0]
    assert found == [(1200, 1200, 100, 100), (0, 1200, 100, 200), (60, 1260, 10, 210), (0, 1260, 0, 210)]


def test_abandoned_in_service_and_in_progress() -> None:
    """J6: the month is charged as ever, then what is left is written off; later cost is written off at once."""
    asset = [{**row, "is_abandoned": row["month_index"] >= 2} for row in months(5, 1_200, 12)]
    asset[4]["added"] = 70
    found = schedules([asset], "charge", "cost_written_off", "accumulated_written_off", "cost", "accumulated")[0]
    assert found[1:] == [(100, 0, 0, 1200, 200), (100, 1200, 300, 0, 0), (0, 0, 0, 0, 0), (0, 70, 0, 0, 0)]
    asset = [{**row, "start_month": None, "is_ready": False} for row in asset]
    found = schedules([asset], "charge", "cost_written_off", "accumulated_written_off", "cost", "placed")[0]
    assert found[2:] == [(0, 1200, 0, 0, 0), (0, 0, 0, 0, 0), (0, 70, 0, 0, 0)]


def test_an_impairment_spreads_what_is_left() -> None:
    asset = months(12, 1_200, 12)
    asset[3]["impaired"] = 400
    assert charges(asset) == [100] * 4 + [50] * 8
    asset[3]["impaired"] = 999_999
    assert schedules([asset], "charge", "cost_written_off", "cost")[0][3:5] == [(100, 800, 400), (0, 0, 400)]


def test_foreign_research_is_deducted_over_15_years_from_the_middle_of_the_year() -> None:
    """EX-31: 4,200.00 over 180 months from July: 140.00 in the first year, then 280.00, and 140.00 in the sixteenth."""
    found = charges(months(192, 420_000, 180, start_month=6))
    years = [sum(found[at : at + 12]) for at in range(0, 192, 12)]
    assert years == [14_000, *[28_000] * 14, 14_000]


def test_an_elected_deduction_takes_sixty_months() -> None:
    """EX-31: 4,200.00 over 60 months is 70.00 a month."""
    assert charges(months(60, 420_000, 60)) == [7_000] * 60


BATCHED = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking batches takes minutes
LIVES = st.integers(1, 60)
MONTHLY = st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=8)


@st.composite
def lived(draw: st.DrawFn) -> list[Month]:
    """An asset with cost in several months, a start, perhaps another life later, in any convention and rounding."""
    added, start = draw(MONTHLY), draw(st.integers(0, 6))
    added = [abs(added[0]) + 8 * 10**6, *added[1:]]  # credits never outweigh the cost
    parts = draw(st.sampled_from([1, 28, 30, 31]))
    lives = [draw(LIVES)] * 12 + [draw(LIVES)] * 80
    changed = draw(st.integers(0, 12))
    common = {
        "start_month": start,
        "month_parts": parts,
        "first_parts": draw(st.integers(1, parts)),
        "rounding": draw(st.sampled_from(["telescoping", "last_period_plug"])),
        "true_up": draw(st.sampled_from(["catch_up", "prospective"])),
    }
    asset = months(80, 0, 1, **common)
    for at, row in enumerate(asset):
        row |= {"added": added[at] if at < len(added) else 0, "life_months": lives[at + changed]}
        row |= {"is_ready": at >= start}
    return asset


@settings(max_examples=12, deadline=None, phases=BATCHED)
@given(assets=st.lists(lived(), min_size=10, max_size=25))
def test_any_asset_is_charged_its_cost_and_no_more(assets: list[list[dict[str, Any]]]) -> None:
    """INV-16: charges sum to the cost, never run ahead of it, and none comes before the start."""
    for asset, found in zip(assets, schedules(assets, "charge", "accumulated", "cost"), strict=True):
        assert sum(charge for charge, _, _ in found) == sum(row["added"] for row in asset)
        assert all(0 <= accumulated <= cost for _, accumulated, cost in found)
        assert all(charge == 0 for charge, _, _ in found[: asset[0]["start_month"]])


@settings(max_examples=8, deadline=None, phases=BATCHED)
@given(assets=st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(1, 72)), min_size=10, max_size=25))
def test_no_month_is_a_cent_from_fair(assets: list[tuple[int, int]]) -> None:
    """INV-16: telescoping, each charge lies within one minor unit of cost / life, and a credit mirrors its charge."""
    listed = [months(life, sign * cost, life) for sign in (1, -1) for cost, life in assets]
    found = [[charge for (charge,) in asset] for asset in schedules(listed, "charge")]
    for (cost, life), asset, mirrored in zip(assets, found, found[len(assets) :], strict=False):
        assert all(abs(charge - Decimal(cost) / life) < 1 for charge in asset)
        assert mirrored == [-charge for charge in asset]


@settings(max_examples=15, deadline=None)
@given(asset=lived(), cut=st.integers(1, 70), data=st.data())
def test_months_that_were_stay_as_they_were(asset: list[dict[str, Any]], cut: int, data: st.DataObject) -> None:
    """INV-16: whatever later months bring (cost, life, impairment, abandonment), no earlier month changes."""
    changed = [row if row["month_index"] < cut else {**row} for row in asset]
    for row in changed[cut:]:
        row |= {"life_months": data.draw(st.just(7)), "is_abandoned": row["month_index"] > cut + 3}
    changed[cut]["added"] += data.draw(st.integers(0, 10**6))
    changed[cut]["impaired"] = data.draw(st.integers(0, 10**6))
    before, after = schedules([asset, changed], "charge", "accumulated", "placed", "cost")
    assert before[:cut] == after[:cut]
