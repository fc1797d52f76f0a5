"""A bill on a shared gateway key, spread to persons by what the gateway metered in another account: the money once."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company

GATEWAY = {"x_Source": "gateway_log", "x_Account": "acme-gateway", "x_LoadId": "G1"}
SPAN = {"window_by": "charge", "day_from": "2026-09-01", "day_to": "2026-10-01"}


def piece(load: str, source: str, account: str, dataset: str) -> dict[str, str]:
    return {"load_id": load, "source": source, "account": account, "dataset": dataset, **SPAN}


def tables(metered: bool) -> dict[str, list[dict[str, object]]]:
    """One bill of two workspaces on one shared key; the provider's use of that key; the gateway's, by person."""
    bill = {"x_CredentialId": "gateway-key", "x_Model": "m", "x_TokenClass": "output"}
    charges = [
        fixture.charge("2026-09-01", "90.00", 1, SubAccountId="wrkspc-1", **bill),
        fixture.charge("2026-09-01", "30.00", 2, SubAccountId="wrkspc-2", **bill),
        fixture.charge("2026-09-30", "0.00", 1, x_Source="report", x_LoadId="R1"),
        fixture.charge("2026-09-01", "120.00", 2, x_Source="report", x_LoadId="R1"),
    ]
    seen = {"x_Model": "m", "x_TokenClass": "output"}
    usage = [
        fixture.use("2026-09-01", 400, 1, SubAccountId="wrkspc-1", x_CredentialId="gateway-key", **seen),
        fixture.use("2026-09-01", 300, 1, SubAccountId="team-a", x_PrincipalId="ana", **seen, **GATEWAY),
        fixture.use("2026-09-01", 100, 2, SubAccountId="team-b", x_PrincipalId="ben", **seen, **GATEWAY),
    ]
    shared = fixture.key("P01") | {"value": "gateway-key", "owner_type": "shared", "owner_id": "P01"}
    people = [
        fixture.key(owner) | {"kind": "user_id", "value": name, "source": "gateway_log"}
        for name, owner in (("ana", "P01"), ("ben", "P20"))
    ]
    meter = {"source": "bills", "account": "acme", "usage_source": "gateway_log", "usage_account": "acme-gateway"}
    month = fixture.month("2026-09", charges, usage)
    window = {"window_from": "2026-09-01", "window_to": "2026-10-01"}
    again = [
        {
            "load_id": load,
            "source": source,
            "account": "acme",
            "dataset": "charges",
            "rows": 2,
            "as_of": as_of,
            **window,
        }
        for load, source, as_of in [
            ("C1", "console", "2026-10-01"),
            ("C2", "console", "2026-10-02"),
            ("R1", "report", "2026-10-01"),
        ]
    ]
    stating = [("bills", 1), ("console", 2), ("report", 3)]
    return company() | month | {
        "lake.sources": [{"source": one, "statement": "a_bill", "rank": rank} for one, rank in stating],
        "lake.coverage": [
            *month["lake.coverage"], piece("G1", "gateway_log", "acme-gateway", "usage"),
            piece("R1", "report", "acme", "charges") | {"day_from": "2026-09-30"},
        ],
        "lake.loads": [
            *(one | window for one in month["lake.loads"]), *again,
            {"load_id": "G1", "source": "gateway_log", "account": "acme-gateway", "dataset": "usage", "rows": 2},
        ],
        "company.credentials": [shared, *people],
        "company.meters": [meter] if metered else [],
    }  # fmt: skip


@pytest.fixture(scope="module", params=[True, False], ids=["metered by the gateway", "by itself"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bool]:
    warehouse = tmp_path_factory.mktemp("gateway") / "warehouse.duckdb"
    fixture.write_warehouse(warehouse, tables(request.param))
    fixture.build(warehouse)
    return warehouse, request.param


def test_the_money_counts_once(built: tuple[Path, bool]) -> None:
    warehouse, _ = built
    for ask in ("sum(billed_cost) from finance.fct_charges", "sum(amount) from finance.fct_allocations"):
        assert fixture.rows(warehouse, f"select {ask}") == [(Decimal("120.00"),)]
    ask = "select distinct source, account from finance.fct_charges where billed_cost <> 0"
    assert fixture.rows(warehouse, ask) == [("bills", "acme")]


def test_the_gateways_rows_spread_the_bill_to_persons(built: tuple[Path, bool]) -> None:
    """Three quarters and one, as the gateway metered them; the key alone would name nobody."""
    warehouse, metered = built
    ask = (
        "select bearer_id, method, sum(amount) from finance.fct_allocations where amount <> 0 group by all order by all"
    )
    persons = [("key-P01", "metered", Decimal("90.00")), ("key-P20", "metered", Decimal("30.00"))]
    found = fixture.rows(warehouse, ask)
    assert sum(amount for *_, amount in found) == 120
    assert (found == persons) is metered


def test_the_statement_names_the_gateways_export(built: tuple[Path, bool]) -> None:
    warehouse, metered = built
    named = fixture.rows(warehouse, "select distinct source, account from finance.rpt_exports order by all")
    assert (("gateway_log", "acme-gateway") in named) is metered
    assert ("bills", "acme") in named


def test_the_statement_says_what_each_export_contributed(built: tuple[Path, bool]) -> None:
    """Of exports that state the same bill one counts; of another the newest load is named, with the reason."""
    warehouse, metered = built
    ask = "select load_id, contributes, stated_by, billed_cost from finance.rpt_exports order by all"
    found = fixture.rows(warehouse, ask)
    assert [one for one in found if one[1] != "use"] == [
        ("C2", "nothing", "bills", None),
        ("L1", "cost", None, Decimal("120.00")),
        ("R1", "cost", "bills", Decimal("0.00")),
    ]
    assert {one[0] for one in found if one[1] == "use"} == ({"G1"} if metered else {"U1"})
