"""The golden mini company of accounting.md EX-12: one entity, four cost centres, 34 people and a shared CI robot."""

import json
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256

import yaml

from pipeline.company.policies import Policy
from pipeline.company.policy_documents import AnyPolicy, Threshold
from pipeline.company.policy_rows import statutory_rows, statutory_rule_rows
from pipeline.company.starting import default_files
from tests.warehouse_fixture import Row, charge, key, month

# What was on file about proj-A, and since when.
GATES = {"authorised": "2026-05-04", "funded": "2026-05-11", "probable_completion": "2026-06-15"}
GATES |= {"development_started": "2026-06-22", "uncertainty_resolved": "2026-06-20"}


def statutory(capitalise: bool) -> list[Policy]:
    """The statutory policies a company starts with; `capitalise` is the controller's written permission."""
    texts = [text for name, text in default_files().items() if "statutory" in name or "tax-us" in name]
    allowed = f"allow_token_capitalisation: {str(capitalise).lower()}"
    documents = [yaml.safe_load(text.replace("allow_token_capitalisation: false", allowed)) for text in texts]
    says = [AnyPolicy.model_validate(document).root for document in documents]
    return [Policy(one.policy_id, sha256(one.policy_id.encode()).hexdigest(), one) for one in says]


def company(capitalise: bool = False, **tables: Iterable[Row]) -> dict[str, Iterable[Row]]:
    """The golden mini company, US01 with four cost centres and 34 people, with any table replaced."""
    functions = {"CC100": "rnd", "CC200": "sales_marketing", "CC300": "gna", "CC400": "cost_of_revenue"}
    since = {"valid_from": "2020-01-01"}
    heads = [("CC100", 17), ("CC200", 9), ("CC300", 5), ("CC400", 3)]
    people = [(f"P{i + 1:02d}", center) for i, center in enumerate(c for c, n in heads for _ in range(n))]
    accounts = {"rnd": "6100", "sales_marketing": "6110", "gna": "6120", "cost_of_revenue": "5100"}
    accounts["unallocated"] = "6180"
    books: dict[str, Iterable[Row]] = {
        "lake.sources": [
            {"source": "bills", "provider": "Provider", "dataset": "charges"},
            {"source": "meter", "provider": "Provider", "dataset": "usage"},
        ],
        "lake.drivers": [{"cost_source": "bills", "usage_source": "meter"}],
        "lake.currencies": [{"currency": c, "minor_units": n} for c, n in [("USD", 2), ("EUR", 2), ("JPY", 0)]],
        "company.entities": [{"entity_id": "US01", "name": "Acme", "functional_currency": "USD"}],
        "company.accounts": [{"source": "bills", "account": "acme", "entity_id": "US01"}],
        "company.settings": [{"key": "book", "value": "US_GAAP"}],
        "company.fx_policies": [{"method": "daily_spot", "days_back": 7, "valid_from": "2020-01-01"}],
        "company.cost_centers": [
            {"cost_center_id": c, "name": c.title(), "function": f, "entity_id": "US01", **since}
            for c, f in functions.items()
        ],
        "company.employees": [
            {
                "employee_id": p,
                "employee_key": f"key-{p}",
                "worker_type": "employee",
                "role_family": "engineering",
                "fte": "1",
                **since,
            }
            for p, _ in people
        ],
        "company.cost_center_assignments": [
            {"employee_id": p, "cost_center_id": c, "share": "1", **since} for p, c in people
        ],
        "company.services": [{"service_id": "ci-bot", "workload": "shared_ci", **since}],
        "company.chart_of_accounts": [
            {"account_id": a, "name": f"Account {a}", "account_type": t, "natural_class": n}
            for a, t, n in [
                *((a, "expense", "ai_inference") for a in accounts.values()),
                ("1310", "asset", "prepaid"),
                ("1320", "asset", "capitalised_implementation"),
                ("1330", "asset", "tax"),
                ("1510", "asset", "intercompany"),
                ("1610", "asset", "software"),
                ("2110", "liability", "accrual"),
                ("2510", "liability", "intercompany"),
            ]
        ],
        "company.posting_rules": [
            {"event": event, "treatment": t, "function": f, "debit_account": a, "credit_account": credit, **since}
            for event, credit in [("accrual", "2110"), ("drawdown", "1310")]
            for t, f, a in [
                *(("expense", f, a) for f, a in accounts.items()),
                ("capitalise", None, "1610"),
                ("capitalise_cca_impl", None, "1320"),
                ("prepaid", None, "1310"),
                ("tax_asset", None, "1330"),
            ]
        ]
        + [
            {
                "event": "chargeback",
                "treatment": "expense",
                "debit_account": "1510",
                "credit_account": "2510",
                **since,
            }
        ],
        "company.management_rules": [
            {
                "policy_id": "management",
                "version": 1,
                "effective_from": "2020-01-01",
                "rule_order": 10,
                "rule_id": "M010",
                "bearer_type": "employee",
                "mgmt_class": "human_capital_capex",
                "reason_code": "NAMED_PERSON",
            },
            {
                "policy_id": "management",
                "version": 1,
                "effective_from": "2020-01-01",
                "rule_order": 20,
                "rule_id": "M020",
                "workload": "shared_ci",
                "mgmt_class": "utility_opex",
                "reason_code": "SHARED",
            },
        ],
        "company.statutory_policies": statutory_rows(statutory(capitalise), Threshold(per_project_year=Decimal(1000))),
        "company.statutory_rules": statutory_rule_rows(statutory(capitalise)),
        "company.projects": [
            {
                "project_id": "proj-A",
                "project_type": "internal_use",
                "location_of_work": "US",
                "entity_id": "US01",
                **since,
            }
        ],
        "company.modules": [{"module_id": "mod-A", "project_id": "proj-A", "useful_life_months": 36}],
        "company.gate_events": [
            {"project_id": "proj-A", "gate": gate, "event_date": day, "evidence_ref": f"DOC-{gate}"}
            for gate, day in GATES.items()
        ],
    }
    return {**books, **{name.replace("__", "."): value for name, value in tables.items()}}


def golden_month(project: str | None = None) -> dict[str, Iterable[Row]]:
    """accounting.md EX-12: September 2026, USD 12,345.67 billed, two people and a shared CI robot.

    `project` is the tag of the coding: without it nothing can be capitalised.
    """
    lines = [
        ("P01", "4200.00", {"activity": "coding"} | ({"project": project} if project else {})),
        ("P01", "1120.40", {"activity": "maintenance"}),
        ("P01", "800.00", {"activity": "learning"}),
        ("P18", "4012.15", {"activity": "market_simulation"}),
        ("ci-bot", "2213.12", {}),
    ]
    charges = [
        charge("2026-09-14", cost, row, x_CredentialId=f"key-of-{owner}", Tags=json.dumps(tags))
        for row, (owner, cost, tags) in enumerate(lines, start=1)
    ]
    return month("2026-09", charges) | {"company.credentials": [key("P01"), key("P18"), key("ci-bot", "service")]}
