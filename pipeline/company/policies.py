"""Policies (`company/policies/*.yml`): versioned, effective-dated, written by one person and approved by another.

Each is read, checked alone and together with the others; `policy_documents` has what they may say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import ValidationError

from ingestion.documents import read_yaml
from ingestion.findings import Finding
from pipeline.company.policy_documents import (
    ALWAYS_REQUIRED,
    FRAMEWORKS,
    NEVER_CAPITALISED,
    AnyPolicy,
    Management,
    Statutory,
    StatutoryRule,
)

REGIMES = {
    "statutory-us-gaap": ("stage_model", "asu_2025_06"),
    "statutory-ifrs": ("ifrs",),
    "tax-us": ("section_174a",),
}
BOOKS = {"statutory-us-gaap": "US_GAAP", "statutory-ifrs": "IFRS", "tax-us": "TAX_US"}


@dataclass(frozen=True)
class Policy:
    """A policy as read: the document, the name of its file and the sha256 of its bytes."""

    file: str
    hash: str
    says: Management | Statutory


def read_policies(folder: Path, entities: set[str] | None = None) -> tuple[list[Policy], list[Finding]]:
    """Every policy below `folder`, by id, entity and start, and what is wrong with them, alone and together."""
    policies: list[Policy] = []
    findings: list[Finding] = []
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        file = f"policies/{path.name}"
        try:
            content = path.read_bytes()
            policy = Policy(file, sha256(content).hexdigest(), AnyPolicy.model_validate(read_yaml(content)).root)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            findings.append(Finding("unreadable", _one_line(error), "correct the YAML", file))
        except ValidationError as error:
            findings += _invalid(file, error, content)
        else:
            policies.append(policy)
            findings += [_found(policy, content, *fault) for fault in _alone(policy.says, entities)]
    policies.sort(key=lambda one: (one.says.policy_id, one.says.entity or "", one.says.effective_from, one.file))
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


Place = tuple[int | str, ...]
Fault = tuple[str, str, str, Place]  # rule, message, cure, place in the document


def _found(policy: Policy, content: bytes, rule: str, message: str, cure: str, place: Place) -> Finding:
    return Finding(rule, message, cure, policy.file, line_of(content, place), ".".join(map(str, place)))


def _alone(says: Management | Statutory, entities: set[str] | None) -> Iterator[Fault]:
    if says.author.strip().lower() == says.approver.strip().lower():
        message = f"{says.approver!r} wrote the policy and approved it"
        yield "self-approved", message, "have somebody else approve it", ("approver",)
    if says.effective_to is not None and says.effective_to <= says.effective_from:
        message = f"ends on {says.effective_to}, not after its start {says.effective_from}"
        yield "dates-reversed", message, "write a later day, or nothing", ("effective_to",)
    if entities is not None and says.entity is not None and says.entity not in entities:
        message = f"{says.entity!r} is not an entity_id of entities.csv"
        yield "dangling-reference", message, "correct it, or add it there", ("entity",)
    names = [rule.id for rule in says.rules]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield "duplicate-key", f"two rules are called {name!r}", "rename one", ("rules", at, "id")
    if names and any(value is not None for value in says.rules[-1].when.model_dump().values()):
        message = "a charge that no rule matches would have no class"
        yield "policy", message, "end with a rule without `when`", ("rules", len(names) - 1, "when")
    if isinstance(says, Statutory):
        yield from _statutory(says)


def _statutory(says: Statutory) -> Iterator[Fault]:
    if says.holds_regime not in REGIMES[says.policy_id]:
        known = " or ".join(REGIMES[says.policy_id])
        yield "policy", f"{says.holds_regime} is no regime of {says.policy_id}", f"write {known}", ("regime",)
    if says.book not in (None, BOOKS[says.policy_id]):
        message = f"{says.policy_id} does not decide the book {says.book}"
        yield "policy", message, f"write {BOOKS[says.policy_id]}, or leave it out", ("book",)
    for at, rule in enumerate(says.rules):
        if rule.treat.startswith("capitalise") and not says.is_tax:
            yield from _capitalising(rule, ("rules", at))


def _capitalising(rule: StatutoryRule, place: Place) -> Iterator[Fault]:
    """A rule that capitalises asks for all evidence, before the module is ready or for an enhancement (INV-10)."""
    missing = [evidence for evidence in ALWAYS_REQUIRED if evidence not in rule.require]
    if missing:
        message = f"{rule.id} capitalises without asking for {', '.join(missing)}"
        yield "evidence", message, f"require: [{', '.join(ALWAYS_REQUIRED)}]", (*place, "require")
    if not (rule.before or rule.after):
        message = f"{rule.id} would capitalise whether or not the module is ready"
        cure = "write `before: ready_for_use`, or `after: ready_for_use` for authorised enhancements"
        yield "evidence", message, cure, (*place, "treat")
    activities = rule.when.activity or ["any"]
    wrong = sorted(NEVER_CAPITALISED.intersection(activities))
    if wrong:
        message = f"{rule.id} would capitalise {', '.join(wrong)}"
        cure = "list the activities of developing software, such as coding and testing"
        yield "evidence", message, cure, (*place, "when")


def _together(policies: list[Policy]) -> Iterator[Finding]:
    """Versions of one policy for one entity follow each other: on every day one holds (INV-25)."""
    general = {policy.says.policy_id for policy in policies if policy.says.entity is None}
    for before, after in pairwise(policies):
        if (before.says.policy_id, before.says.entity) != (after.says.policy_id, after.says.entity):
            continue
        ends, starts = before.says.effective_to, after.says.effective_from
        if ends is None or ends > starts:
            message = f"from {starts} both this version and the one in {before.file} hold"
            yield Finding("overlap", message, f"write effective_to: {starts} there", after.file, 1, "effective_from")
        elif ends < starts and (after.says.entity is None or after.says.policy_id not in general):
            message = f"no version of {after.says.policy_id} holds from {ends} to {starts} (excluded)"
            yield Finding("gap", message, "let the versions follow each other", after.file, 1, "effective_from")
