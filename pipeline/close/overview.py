"""Which month of which entity is in which state, and who made it so: for `tokenbooks periods` and `status`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.close.events import Event
from pipeline.close.periods import State, read_calendar
from pipeline.settings import Books

if TYPE_CHECKING:
    from pipeline.close.closing import Prepared


@dataclass(frozen=True)
class Standing:
    """A month of an entity that something happened to. `said` tells the latest event in words."""

    entity: str
    period: str
    state: State
    said: str
    lines: int
    closes: int


def overview(books: Books) -> list[Standing]:
    """Every month that something happened to, by entity and period; the others are open."""
    return [
        Standing(
            entity=entity,
            period=period,
            state=month.state,
            said=_said(month.last),
            lines=sum(event.lines for event in month.closings),
            closes=len(month.closings),
        )
        for (entity, period), month in read_calendar(books).months.items()
    ]


def as_text(ready: "Prepared") -> str:
    """What a second person reads before approving, as Markdown: trial balance and what the gate has checked."""
    lines = []
    for entity in ready.entities:
        lines += [f"### {entity} {ready.period}", "", "| account | | debit | credit | |", "|---|---|--:|--:|---|"]
        names = ("account_id", "account_name", "debit", "credit", "currency")
        lines += [f"| {' | '.join(row[name] for name in names)} |" for row in ready.trial_balance[entity]]
        lines += ["", *(f"- {check.plain}" for check in ready.checks[entity]), ""]
    told = " and ".join(f"evidence/{name}" for name in ready.evidence)
    return "\n".join([*lines, f"All of this holds; it is kept in {told}. Whoever prepared it cannot approve it."])


def _said(event: Event) -> str:
    by = event.prepared_by or event.requested_by
    second = f", approved by {event.approved_by}" if event.approved_by else ""
    reason = f": {event.reason}" if event.reason else ""
    until = f", until {event.expires_on}" if event.expires_on else ""
    did = {"soft_closed": "prepared", "closed": "prepared"}.get(event.event, event.event)
    return f"{did} by {by}{second} on {event.at:%Y-%m-%d %H:%M} UTC{until}{reason}"
