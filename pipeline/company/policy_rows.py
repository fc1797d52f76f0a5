"""Policies as dated rows of the warehouse: what SQL matches, and the settings of each version."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pyarrow as pa

from pipeline.company.policies import Policy
from pipeline.company.policy_documents import (
    CONDITIONS,
    FRAMEWORKS,
    Management,
    Rule,
    Statutory,
    StatutoryRule,
    Threshold,
    When,
)

AMOUNT = pa.decimal128(28, 12)
_VERSION: list[tuple[str, pa.DataType]] = [
    ("policy_id", pa.string()),
    ("version", pa.int64()),
    ("policy_hash", pa.string()),
    ("entity", pa.string()),
    ("effective_from", pa.date32()),
    ("effective_to", pa.date32()),
    ("rule_order", pa.int64()),
    ("rule_id", pa.string()),
    *((condition, pa.string()) for condition in CONDITIONS),
    ("service_from", pa.date32()),
    ("service_to", pa.date32()),
]
MANAGEMENT_RULES = pa.schema(
    [
        *_VERSION,
        ("amount_per_day", AMOUNT),
        ("amount_per_period", AMOUNT),
        ("currency", pa.string()),
        ("mgmt_class", pa.string()),
        ("reason_code", pa.string()),
    ]
)
STATUTORY_RULES = pa.schema(
    [
        ("framework", pa.string()),
        *_VERSION,
        ("without", pa.string()),
        ("require", pa.string()),
        ("readiness", pa.string()),
        ("treatment", pa.string()),
        ("asset_class", pa.string()),
        ("function", pa.string()),
        ("reason_code", pa.string()),
    ]
)
STATUTORY_POLICIES = pa.schema(
    [
        ("framework", pa.string()),
        *_VERSION[:6],
        ("approved_on", pa.date32()),
        ("regime", pa.string()),
        ("default_treatment", pa.string()),
        ("default_reason", pa.string()),
        ("allow_token_capitalisation", pa.bool_()),
        ("min_attribution_grade", pa.string()),
        ("threshold_amount", AMOUNT),
        ("threshold_currency", pa.string()),
        ("amortisation_method", pa.string()),
        ("life_months", pa.int64()),
        ("start_convention", pa.string()),
        ("amortisation_rounding", pa.string()),
        ("true_up", pa.string()),
    ]
)


def management_rows(policies: list[Policy]) -> list[dict[str, Any]]:
    """One row per rule and combination of the values it lists; None = any. Columns of company.management_rules."""
    return [
        {**_version(policy), **row, "mgmt_class": rule.mgmt_class, "reason_code": rule.reason}
        for policy in policies
        if isinstance(policy.says, Management)
        for order, rule in enumerate(policy.says.rules, start=1)
        for row in _matched(order, rule, ())
    ]


def statutory_rule_rows(policies: list[Policy]) -> list[dict[str, Any]]:
    """One row per rule and combination of the values it lists. Columns of company.statutory_rules."""
    return [
        {"framework": FRAMEWORKS[policy.says.policy_id], **_version(policy), **row, **_outcome(rule)}
        for policy in policies
        if isinstance(policy.says, Statutory)
        for order, rule in enumerate(policy.says.rules, start=1)
        for row in _matched(order, rule, ("without",))
    ]


def _outcome(rule: StatutoryRule) -> dict[str, Any]:
    return {
        "require": ";".join(sorted(rule.require)) or None,
        "readiness": "before" if rule.before else "after" if rule.after else None,
        "treatment": rule.treat,
        "asset_class": rule.asset_class,
        "function": rule.function,
        "reason_code": rule.reason or rule.id,
    }


def statutory_rows(policies: list[Policy], threshold: Threshold) -> list[dict[str, Any]]:
    """One row per version of a statutory policy; `threshold` is the company's, for those that state none."""
    return [
        {
            "framework": FRAMEWORKS[policy.says.policy_id],
            **_version(policy),
            "approved_on": policy.says.approved_on or policy.says.effective_from,
            "regime": policy.says.holds_regime,
            "default_treatment": policy.says.default_treatment,
            "default_reason": policy.says.default_reason,
            "allow_token_capitalisation": policy.says.allow_token_capitalisation,
            "min_attribution_grade": policy.says.min_attribution_grade,
            **_settings(policy.says, threshold),
        }
        for policy in policies
        if isinstance(policy.says, Statutory)
    ]


def _settings(says: Statutory, threshold: Threshold) -> dict[str, Any]:
    least, amortisation = says.capitalisation_threshold or threshold, says.amortisation
    return {
        "threshold_amount": least.per_project_year,
        "threshold_currency": least.currency,
        "amortisation_method": amortisation.method,
        "life_months": amortisation.life_months,
        "start_convention": amortisation.convention,
        "amortisation_rounding": amortisation.rounding,
        "true_up": amortisation.true_up,
    }


def _version(policy: Policy) -> dict[str, Any]:
    says = policy.says
    return {
        "policy_id": says.policy_id,
        "version": says.version,
        "policy_hash": policy.hash,
        "entity": says.entity,
        "effective_from": says.effective_from,
        "effective_to": says.effective_to,
    }


def _matched(order: int, rule: Rule | StatutoryRule, more: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The conditions of a rule as rows: every combination of what it lists, the rest as it stands."""
    names = (*CONDITIONS, *more)
    rest = {name: value for name, value in rule.when.model_dump().items() if name not in names}
    for values in product(*(_values(rule.when, name) for name in names)):
        yield {"rule_order": order, "rule_id": rule.id, **rest, **dict(zip(names, values, strict=True))}


def _values(when: When, name: str) -> list[str | None]:
    value = getattr(when, name)
    if isinstance(value, bool):
        return [str(value).lower()]
    return value or [None]
