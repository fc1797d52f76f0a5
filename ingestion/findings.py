"""What every refusal and every warning is made of: where it is wrong, what is wrong, and the cure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["critical", "warning", "info"]
SHOWN = 60  # characters of an offending value that a message repeats


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong. `row` counts records from 1, without the header; `file` is the name as delivered."""

    rule: str
    message: str
    cure: str
    file: str = ""
    row: int | None = None
    column: str | None = None
    severity: Severity = "critical"

    def __str__(self) -> str:
        place = [self.file, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        where = ", ".join(part for part in place if part)
        return f"{where}: {self.message} ({self.cure})" if where else f"{self.message} ({self.cure})"

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON keeps it."""
        return asdict(self)


class ExportRefused(Exception):
    """An export cannot be loaded, and trying again will not help; `findings` say why and what will."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings))


def shortened(value: object) -> str:
    """An offending value as a message may show it: one line, quoted, cut."""
    text = repr(str(value))
    return text if len(text) <= SHOWN else text[:SHOWN] + "…'"
