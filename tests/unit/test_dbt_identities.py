"""Ids and keys that only the provider's own lists lead to a person: each case in one September, built once."""

from decimal import Decimal
from typing import Any

import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company
from tests.warehouse_fixture import charge

CHARGES: dict[str, tuple[dict[str, Any], str]] = {
    "a user by the id that the list gives with an e-mail": ({"x_PrincipalId": "user-1"}, "key-P01"),
    "a key by its owner": ({"x_CredentialId": "key-1"}, "key-P01"),
    "a deleted key by an older list": ({"x_CredentialId": "key-old"}, "key-P18"),
    "a key by what the newest list says": ({"x_CredentialId": "key-moved"}, "key-P18"),
    "a rotated key by the one that took its place": ({"x_CredentialId": "hash-0"}, "key-P01"),
    "a key that the company names otherwise": ({"x_CredentialId": "key-named"}, "ci-bot"),
    "a key of a user the company names by id": ({"x_CredentialId": "key-2"}, "key-P02"),
    "another account's list leads nowhere": ({"x_CredentialId": "key-1", "x_Account": "other"}, "unknown_key"),
    "a key without an owner": ({"x_CredentialId": "key-lost"}, "unknown_key"),
}


def listed(load: str, row: int, kind: str, key: str, **more: Any) -> dict[str, Any]:
    origin = {"x_Source": "lists", "x_Account": "acme", "x_LoadId": load, "x_SourceRow": row, "period": "1970-01"}
    return {"Kind": kind, "Key": key, **more, **origin}


def owned(kind: str, owner: str) -> dict[str, str]:
    return {"OwnerKind": kind, "OwnerId": owner}


LISTS = [
    listed("OLD", 1, "api_key_id", "key-old", **owned("user_id", "user-3")),
    listed("OLD", 2, "api_key_id", "key-moved", **owned("user_id", "user-1")),
    listed("NEW", 1, "user_id", "user-1", Email="P01@Acme.example"),
    listed("NEW", 2, "user_id", "user-3", Email="p18@acme.example"),
    listed("NEW", 3, "api_key_id", "key-1", **owned("user_id", "user-1")),
    listed("NEW", 4, "api_key_id", "key-moved", **owned("user_id", "user-3")),
    listed("NEW", 5, "api_key_id", "key-named", **owned("user_id", "user-1")),
    listed("NEW", 6, "api_key_id", "key-2", **owned("user_id", "user-2")),
    listed("NEW", 7, "key_hash", "hash-0", **owned("key_hash", "hash-1")),
    listed("NEW", 8, "key_hash", "hash-1", **owned("user_id", "user-1")),
    listed("NEW", 9, "api_key_id", "key-lost"),
]


@pytest.fixture(scope="module")
def borne(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Who bears each charge."""
    named = {"source": "*", "account": "*", "owner_type": "employee", "valid_from": "2020-01-01"}
    charges = [charge("2026-09-10", "7.00", row, **more) for row, (more, _) in enumerate(CHARGES.values(), 1)]
    month = fixture.month("2026-09", charges)
    lists = [
        {"load_id": load, "source": "lists", "account": "acme", "dataset": "identities", "as_of": as_of}
        for load, as_of in [("OLD", "2026-09-01 00:00:00"), ("NEW", "2026-10-01 00:00:00")]
    ]
    books = company() | {
        "company.accounts": [{"source": "bills", "account": a, "entity_id": "US01"} for a in ("acme", "other")],
        "company.credentials": [
            {**named, "kind": "email", "value": "p01@acme.example", "owner_id": "P01"},
            {**named, "kind": "email", "value": "P18@acme.example", "owner_id": "P18"},
            {**named, "kind": "user_id", "value": "user-2", "owner_id": "P02"},
            {**named, "kind": "api_key_id", "value": "key-named", "owner_type": "service", "owner_id": "ci-bot"},
        ],
        "lake.sources": [{"source": source, "provider": "P"} for source in ("bills", "lists")],
        "lake.identities": LISTS,
        **month,
        "lake.loads": [*month["lake.loads"], *lists],
    }
    path = fixture.write_warehouse(tmp_path_factory.mktemp("lists") / "warehouse.duckdb", books)
    fixture.build(path)
    query = "select charge_id, bearer_id, sum(amount) from finance.fct_allocations group by all"
    found = fixture.rows(path, query)
    assert sum(amount for *_, amount in found) == Decimal(7 * len(CHARGES))
    return {
        name: {bearer for charge_id, bearer, _ in found if charge_id == f"L1:{row}"}
        for row, name in enumerate(CHARGES, 1)
    }


@pytest.mark.parametrize("name", CHARGES)
def test_a_charge_is_borne_by(borne: dict[str, set[str]], name: str) -> None:
    assert borne[name] == {CHARGES[name][1]}
