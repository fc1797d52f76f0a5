"""The golden company of accounting.md EX-12 and EX-13 as a company would hold it: its files, and its FOCUS exports.

34 people in four cost centres, one project whose gates are met, a shared CI robot; September 2026 as first billed
(12,345.67) and as the provider restated it on 9 October (12,501.02).
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from pipeline.beginning import begin
from pipeline.settings import Books

CENTERS = {"CC100": ("rnd", 17), "CC200": ("sales_marketing", 9), "CC300": ("gna", 5), "CC400": ("cost_of_revenue", 3)}
SINCE = "2020-01-01"
BILLED = {
    ("P01", "coding", "proj-A"): "4200.00",
    ("P01", "maintenance", ""): "1120.40",
    ("P01", "learning", ""): "800.00",
    ("P18", "market_simulation", ""): "4012.15",
    ("ci-bot", "", ""): "2213.12",
}
RESTATED = BILLED | {("P01", "coding", "proj-A"): "4281.37", ("ci-bot", "", ""): "2287.10"}
HEADER = [
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargeCategory",
    "ChargeDescription",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "EffectiveCost",
    "ServiceName",
    "SubAccountId",
    "CredentialId",
    "Tags",
]
POLICY = """\
policy_id: statutory-us-gaap
version: 1
effective_from: {since}
effective_to:
author: carol
approver: dave
regime: stage_model
allow_token_capitalisation: {allowed}
min_attribution_grade: B
capitalisation_threshold: {{currency: USD, per_project_year: "1000.00", below: expense}}
rules:
  - {{id: R030, when: {{workload: [prod_inference]}}, treat: expense, function: cost_of_revenue, reason: SERVING}}
  - {{id: R040, when: {{activity: [maintenance]}}, treat: expense, reason: MAINTENANCE}}
  - {{id: R041, when: {{activity: [learning, training]}}, treat: expense, reason: TRAINING}}
  - {{id: R050, when: {{activity: [market_simulation]}}, treat: expense, reason: NON_SOFTWARE}}
  - {{id: R060, when: {{workload: [shared_ci]}}, treat: expense, reason: SHARED}}
  - id: R080
    when: {{project_type: [internal_use], activity: [coding, testing, configuration]}}
    require: [E1, E2, E3, E4, E5, E6, E9]
    before: ready_for_use
    treat: capitalise
    asset_class: internal_use_software
  - {{id: R999, treat: expense, reason: DEFAULT_EXPENSE}}
amortisation:
  {{method: straight_line, life_months: 36, start: ready_date, convention: full_month_next, rounding: telescoping}}
"""
SETTINGS = """\
book: US_GAAP
accounts:
  - {source: focus, account: acme, entity: US01}
"""


def write_golden_company(home: Path, capitalise: bool = True) -> Books:
    """Books of the golden company, nothing in landing yet; `capitalise` is the controller's written policy."""
    begin(home)
    books = Books.open(home)
    for name, rows in _tables().items():
        path = books.company / f"{name}.csv"
        with path.open(newline="") as file:
            columns = next(csv.reader(file))
        path.write_text(_csv(columns, (dict(zip(columns[: len(row)], row, strict=True)) for row in rows)))
    (books.company / "tokenbooks.yml").write_text(SETTINGS)
    policy = next((books.company / "policies").glob("statutory-us-gaap*.yml"))
    policy.write_text(POLICY.format(since=SINCE, allowed=str(capitalise).lower()))
    return books


def deliver_golden(books: Books, as_of: str, bill: dict[tuple[str, str, str], str]) -> Path:
    """The provider's FOCUS export of September, as it stood at `as_of`, into landing."""
    path = books.landing / "focus" / "acme" / f"{as_of}-2026-09.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_csv(HEADER, _charges(bill)))
    return path


def _charges(bill: dict[tuple[str, str, str], str]) -> Iterator[dict[str, str]]:
    """Every cost in thirty daily lines of twelve decimals, which no bank could pay and no rounding may lose."""
    for (owner, activity, project), cost in bill.items():
        billed = Decimal(0)
        for day in range(1, 31):
            up_to = (Decimal(cost) * day / 30).quantize(Decimal("1e-12"))
            start = date(2026, 9, day)
            tags = {"activity": activity, "project": project}
            yield {
                "BilledCost": str(up_to - billed),
                "EffectiveCost": str(up_to - billed),
                "BillingAccountId": "acme",
                "BillingCurrency": "USD",
                "BillingPeriodStart": "2026-09-01T00:00:00Z",
                "BillingPeriodEnd": "2026-10-01T00:00:00Z",
                "ChargeCategory": "Usage",
                "ChargeDescription": "model use",
                "ChargePeriodStart": f"{start}T00:00:00Z",
                "ChargePeriodEnd": f"{start + timedelta(days=1)}T00:00:00Z",
                "ServiceName": "Models",
                "SubAccountId": "main",
                "CredentialId": f"key-of-{owner}",
                "Tags": json.dumps({name: value for name, value in tags.items() if value}),
            }
            billed = up_to


def _tables() -> dict[str, list[tuple[str, ...]]]:
    """The company's CSV files: rows in order of the contract's columns, the empty ones at the end left out."""
    homes = [center for center, (_, heads) in CENTERS.items() for _ in range(heads)]
    people = [(f"P{number:02d}", center) for number, center in enumerate(homes, start=1)]
    gates = [("authorised", "2026-05-04"), ("funded", "2026-05-11"), ("probable_completion", "2026-06-15")]
    gates += [("uncertainty_resolved", "2026-06-20"), ("development_started", "2026-06-22")]
    keys = [("employee", "P01"), ("employee", "P18"), ("service", "ci-bot")]
    return {
        "entities": [("US01", "Acme Inc.", "USD", "UTC")],
        "cost_centers": [(c, c.title(), function, "US01", "", SINCE) for c, (function, _) in CENTERS.items()],
        "employees": [(p, f"Person {p}", "", "employee", "engineering", "1", SINCE) for p, _ in people],
        "cost_center_assignments": [(p, center, "1", SINCE) for p, center in people],
        "services": [("ci-bot", "CI robot", "P02", "shared_ci", "", SINCE)],
        "projects": [("proj-A", "Project A", "US01", "internal_use", "CC100", "US", SINCE)],
        "modules": [("mod-A", "proj-A", "Engine", "", "36", "MEMO-1", "2026-06-30")],
        "gate_events": [("proj-A", "mod-A", g, day, f"DOC-{g}", "carol", "dave") for g, day in gates],
        "credentials": [
            ("focus", "acme", "api_key_id", f"key-of-{owner}", kind, owner, "", "", SINCE) for kind, owner in keys
        ],
    }


def _csv(columns: list[str], rows: Iterable[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
