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
    return company() | month | {
        "lake.coverage": [*month["lake.coverage"], piece("G1", "gateway_log", "acme-gateway", "usage")],
        "lake.loads": [*month["lake.loads"], {"load_id": "G1", "source": "gateway_log", "account": "acme-gateway",
                                              "dataset": "usage", "rows": 2}],
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
    assert fixture.rows(warehouse, "select distinct source, account from finance.fct_charges") == [("bills", "acme")]


def test_the_gateways_rows_spread_the_bill_to_persons(built: tuple[Path, bool]) -> None:
    warehouse, metered = built
    ask = "select bearer_type, method, sum(amount) from finance.fct_allocations group by all order by 3 desc"
    expected = [("employee", "metered", Decimal("90.00")), ("employee", "metered", Decimal("30.00"))]
    found = fixture.rows(warehouse, ask.replace("bearer_type, ", "bearer_type, bearer_id, "))
    assert [(kind, method, amount) for kind, _, method, amount in found] == expected if metered else found != expected
    if metered:
        assert [bearer for _, bearer, *_ in found] == ["key-P01", "key-P20"]


def test_the_statement_names_the_gateways_export(built: tuple[Path, bool]) -> None:
    warehouse, metered = built
    named = fixture.rows(warehouse, "select distinct source, account from finance.rpt_exports order by all")
    assert (("gateway_log", "acme-gateway") in named) is metered
    assert ("bills", "acme") in named
