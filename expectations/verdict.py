"""What a gate says of a load, a journal or a statement: each rule in plain words, what was seen, and whether it passed.

Verdicts are plain data, stored as JSON by the caller; the validation site is drawn from that JSON and nothing else.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

CRITICAL, WARNING, INFO = "critical", "warning", "info"  # critical blocks, warning shows, info tells
SEVERITIES = (CRITICAL, WARNING, INFO)


@dataclass(frozen=True)
class LoadContext:
    """What a load says of itself, for the gate to hold its rows to.

    `rows` counts the rows of the export, `totals` is the exact control total per currency as decimal text, the window
    is half-open ISO dates; `window_by` is `charge` (ChargePeriodStart, UsageDate) or `billing` (BillingPeriodStart).
    """

    load_id: str
    source: str
    account: str
    dataset: str
    rows: int
    totals: Mapping[str, str] = field(default_factory=dict)
    window_from: str | None = None
    window_to: str | None = None
    window_by: str = "charge"


@dataclass(frozen=True)
class Result:
    """One rule as judged. `offending_sql` selects what breaks it; `{batch}` stands for the rows judged."""

    rule: str
    plain: str
    severity: str
    success: bool
    observed: str = ""
    unexpected_count: int = 0
    columns: tuple[str, ...] = ()
    offending_sql: str | None = None
    cure: str | None = None
    where: str | None = None  # of a structural refusal: file, row and column

    @property
    def blocks(self) -> bool:
        """Whether this result alone refuses what was judged."""
        return not self.success and self.severity not in (WARNING, INFO)


@dataclass(frozen=True)
class Skipped:
    """A rule of the gate that had nothing to judge, and why."""

    rule: str
    plain: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of one gate. `kind` is load, journal or statement; `subject` the load id or the period."""

    kind: str
    subject: str
    results: tuple[Result, ...]
    skipped: tuple[Skipped, ...] = ()
    source: str | None = None
    account: str | None = None
    dataset: str | None = None
    periods: tuple[str, ...] = ()
    rows: int | None = None
    totals: Mapping[str, str] = field(default_factory=dict)
    window_from: str | None = None
    window_to: str | None = None
    window_by: str | None = None
    judged_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def passed(self) -> bool:
        """True when something was judged and nothing critical failed."""
        return bool(self.results) and not any(result.blocks for result in self.results)

    @property
    def status(self) -> str:
        """`refused`, `warning` (accepted with warnings) or `accepted`."""
        if not self.passed:
            return "refused"
        warned = any(not result.success and result.severity == WARNING for result in self.results)
        return "warning" if warned else "accepted"

    @property
    def failures(self) -> tuple[Result, ...]:
        """The results that did not succeed, critical ones first."""
        return tuple(sorted((r for r in self.results if not r.success), key=lambda r: not r.blocks))

    def to_json(self) -> str:
        """The verdict as JSON text, keys in the order of the fields, ending with a newline."""
        document = {"passed": self.passed, "status": self.status, **asdict(self)}
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The verdict that `to_json` wrote. Raises ValueError or TypeError when the text is not one."""
        document: dict[str, Any] = json.loads(text)
        for derived in ("passed", "status"):
            document.pop(derived, None)
        document["results"] = tuple(Result(**{**r, "columns": tuple(r["columns"])}) for r in document["results"])
        document["skipped"] = tuple(Skipped(**skipped) for skipped in document["skipped"])
        document["periods"] = tuple(document["periods"])
        return cls(**document)

    @classmethod
    def from_findings(cls, findings: Iterable[Any], *, subject: str, kind: str = "load", **about: Any) -> Self:
        """The verdict on an export that could not even be read: a result for each finding of `ingestion`.

        `about` takes the other fields of a verdict (source, account, dataset, rows, ...). A finding has the attributes
        file, row, column, rule, message, cure and severity; one of no known severity blocks.
        """
        return cls(kind=kind, subject=subject, results=tuple(_from_finding(found) for found in findings), **about)


def _from_finding(found: Any) -> Result:
    places = (("", found.file), ("row ", found.row), ("column ", found.column))
    return Result(
        rule=found.rule,
        plain=found.message,
        severity=found.severity if found.severity in SEVERITIES else CRITICAL,
        success=False,
        unexpected_count=1,
        columns=(str(found.column),) if found.column else (),
        cure=found.cure,
        where=", ".join(f"{word}{place}" for word, place in places if place not in (None, "")),
    )
