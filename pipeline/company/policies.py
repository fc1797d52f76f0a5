"""Policies (`company/policies/*.yml`): versioned, effective-dated, written by one person and approved by another.

The management policy is ordered rules, first match wins; a statutory policy states what is done by default.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise, product
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from ingestion.findings import Finding

CONDITIONS = ("bearer_type", "workload", "worker_type", "role_family", "activity", "project_type")
FRAMEWORKS = {"statutory-us-gaap": "us_gaap", "statutory-ifrs": "ifrs", "tax-us": "tax_us"}
Words = Annotated[list[str], Field(min_length=1)]


class Strict(BaseModel):
    """A document that may say nothing unknown, since a word that is not read is a rule that does not hold."""

    model_config = ConfigDict(extra="forbid")


class When(Strict):
    """What a rule asks for; what is not named may be anything."""

    bearer_type: list[Literal["employee", "service", "project", "cost_center", "pool"]] | None = None
    workload: list[Literal["prod_inference", "shared_ci", "shared_platform", "admin"]] | None = None
    worker_type: list[Literal["employee", "contractor"]] | None = None
    role_family: Words | None = None
    activity: Words | None = None
    project_type: Words | None = None


class Rule(Strict):
    """One rule of the management policy."""

    id: str
    when: When = When()
    mgmt_class: Literal["utility_opex", "human_capital_capex"] = Field(alias="class")
    reason: str


class Version(Strict):
    """What every policy says of itself."""

    version: int
    effective_from: date
    effective_to: date | None = None
    author: str
    approver: str


class Management(Version):
    """policies/management*.yml."""

    policy_id: Literal["management"]
    rules: Annotated[list[Rule], Field(min_length=1)]


class Statutory(Version):
    """policies/statutory-us-gaap*.yml, statutory-ifrs*.yml, tax-us*.yml."""

    policy_id: Literal["statutory-us-gaap", "statutory-ifrs", "tax-us"]
    default_treatment: Literal["expense"]
    default_reason: str


class AnyPolicy(RootModel[Annotated[Management | Statutory, Field(discriminator="policy_id")]]):
    """A policy of either kind, told apart by its policy_id."""


@dataclass(frozen=True)
class Policy:
    """A policy as read: the document, the name of its file and the sha256 of its bytes."""

    file: str
    hash: str
    says: Management | Statutory


def read_policies(folder: Path) -> tuple[list[Policy], list[Finding]]:
    """Every policy below `folder`, by id and start, and what is wrong with them, each alone and all together."""
    policies: list[Policy] = []
    findings: list[Finding] = []
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        file = f"policies/{path.name}"
        try:
            content = path.read_bytes()
            policy = Policy(file, sha256(content).hexdigest(), AnyPolicy.model_validate(yaml.safe_load(content)).root)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            findings.append(Finding("unreadable", _one_line(error), "correct the YAML", file))
        except ValidationError as error:
            findings += _invalid(file, error, content)
        else:
            policies.append(policy)
            findings += _alone(policy, content)
    policies.sort(key=lambda policy: (policy.says.policy_id, policy.says.effective_from, policy.file))
    return policies, findings + list(_together(policies))


def _invalid(file: str, error: ValidationError, content: bytes) -> Iterator[Finding]:
    for fault in error.errors(include_url=False):
        # The first part of the place is the kind of policy, which the author has not written.
        place = [part for part in fault["loc"] if part not in ("management", *FRAMEWORKS)]
        where = ".".join(map(str, place)) or "policy_id"
        cure = "write it as the policies of the sample company do (tokenbooks init --sample)"
        yield Finding("policy", fault["msg"], cure, file, line_of(content, place), where)


def line_of(content: bytes, place: Iterable[int | str]) -> int:
    """The line, from 1, at which a YAML document says what is at `place`; of the nearest parent where it does not."""
    node = yaml.compose(content, Loader=yaml.SafeLoader)
    line = 1
    for part in place:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
        if found is None:
            break
        node, line = found, found.start_mark.line + 1
    return line


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _alone(policy: Policy, content: bytes) -> Iterator[Finding]:
    says = policy.says

    def fault(rule: str, message: str, cure: str, *place: int | str) -> Finding:
        return Finding(rule, message, cure, policy.file, line_of(content, place), ".".join(map(str, place)))

    if says.author.strip().lower() == says.approver.strip().lower():
        message = f"{says.approver!r} wrote the policy and approved it"
        yield fault("self-approved", message, "have somebody else approve it", "approver")
    if says.effective_to is not None and says.effective_to <= says.effective_from:
        message = f"ends on {says.effective_to}, not after its start {says.effective_from}"
        yield fault("dates-reversed", message, "write a later day, or nothing", "effective_to")
    rules = says.rules if isinstance(says, Management) else []
    for at, rule in enumerate(rules):
        if rule.id in [before.id for before in rules[:at]]:
            yield fault("duplicate-key", f"two rules are called {rule.id!r}", "rename one", "rules", at, "id")
    if rules and any(rules[-1].when.model_dump().values()):
        message = "a charge that no rule matches would have no class"
        yield fault("policy", message, "end with a rule without `when`", "rules", len(rules) - 1, "when")


def _together(policies: list[Policy]) -> Iterator[Finding]:
    """Versions of one policy follow each other: on every day one holds."""
    for before, after in pairwise(policies):
        if before.says.policy_id != after.says.policy_id:
            continue
        ends, starts = before.says.effective_to, after.says.effective_from
        if ends is None or ends > starts:
            message = f"from {starts} both this version and the one in {before.file} hold"
            yield Finding("overlap", message, f"write effective_to: {starts} there", after.file, 1, "effective_from")
        elif ends < starts:
            message = f"no version of {after.says.policy_id} holds from {ends} to {starts} (excluded)"
            yield Finding("gap", message, "let the versions follow each other", after.file, 1, "effective_from")


def management_rows(policies: list[Policy]) -> list[dict[str, Any]]:
    """One row per rule and combination of the values it lists; None = any. Columns of company.management_rules."""
    return [
        {**_version(policy), "rule_order": order, "rule_id": rule.id, **dict(zip(CONDITIONS, values, strict=True))}
        | {"mgmt_class": rule.mgmt_class, "reason_code": rule.reason}
        for policy in policies
        if isinstance(policy.says, Management)
        for order, rule in enumerate(policy.says.rules, start=1)
        for values in product(*(getattr(rule.when, condition) or [None] for condition in CONDITIONS))
    ]


def statutory_rows(policies: list[Policy]) -> list[dict[str, Any]]:
    """One row per version of a statutory policy. Columns of company.statutory_policies."""
    return [
        {
            "framework": FRAMEWORKS[policy.says.policy_id],
            **_version(policy),
            "default_treatment": policy.says.default_treatment,
            "default_reason": policy.says.default_reason,
        }
        for policy in policies
        if isinstance(policy.says, Statutory)
    ]


def _version(policy: Policy) -> dict[str, Any]:
    says = policy.says
    return {
        "policy_id": says.policy_id,
        "version": says.version,
        "policy_hash": policy.hash,
        "effective_from": says.effective_from,
        "effective_to": says.effective_to,
    }
