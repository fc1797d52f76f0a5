"""A policy that reaches back into a closed month is refused: it would decide nothing there, and say that it had.

Organisation files may be corrected for the past at any time; closed months keep the organisation they were closed with.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingestion.findings import Finding
from pipeline.close.frozen import snapshot
from pipeline.close.periods import Calendar, month_after
from pipeline.plan import bounds
from pipeline.settings import Books

if TYPE_CHECKING:
    from pipeline.company import CompanyInputs
    from pipeline.company.policies import Policy


def check_company_and_past(books: Books, calendar: Calendar) -> "CompanyInputs":
    """The company files, checked, also against the closed months. Raises CompanyRefused."""
    from pipeline.company import CompanyRefused, check_company

    company = check_company(books.company)
    if findings := tuple(retroactive_policies(books, calendar, company.policies)):
        raise CompanyRefused(findings)
    return company


def retroactive_policies(books: Books, calendar: Calendar, policies: "tuple[Policy, ...]") -> Iterator[Finding]:
    """Policies that are new, changed or gone though they hold in a month that is closed. The day a policy ends may be
    written into it later, when it is not in a closed month."""
    from pipeline.company.policies import read_policies

    closed = {period: event.company for _, period, event in calendar.closed_months()}
    if not closed:
        return
    last = max(closed)
    open_from = f"{month_after(last)}-01"
    now = {_text(policy): policy for policy in policies}
    before: dict[str, Policy] = {}
    for period, version in sorted(closed.items()):
        start, end = bounds(period)
        for policy in read_policies(snapshot(books, version) / "policies")[0]:
            if policy.says.effective_from < end and (policy.says.effective_to or end) > start:
                before[_text(policy)] = policy
    for text, policy in sorted(before.items()):
        if text not in now:
            message = f"{policy.says.policy_id} version {policy.says.version} held in a closed month and was changed"
            cure = f"put it back as it was, and say what is new in a version that holds from {open_from}"
            yield Finding("closed-month", message, cure, policy.file)
        elif (ends := now[text].says.effective_to) and ends != policy.says.effective_to and str(ends) < open_from:
            message = f"ends on {ends}, in a month that is closed"
            cure = f"let it end on {open_from} or later"
            yield Finding("closed-month", message, cure, now[text].file, column="effective_to")
    for text, policy in sorted(now.items()):
        if text not in before and str(policy.says.effective_from) < open_from and _reaches(policy, min(closed)):
            message = f"holds from {policy.says.effective_from}, but {last} is closed"
            cure = f"write effective_from: {open_from} or later"
            yield Finding("closed-month", message, cure, policy.file, column="effective_from")


def _reaches(policy: "Policy", first_closed: str) -> bool:
    """Whether the policy holds in or after the first closed month at all."""
    return policy.says.effective_to is None or policy.says.effective_to > bounds(first_closed)[0]


def _text(policy: "Policy") -> str:
    """What a policy says, but for the day it ends."""
    return policy.says.model_dump_json(exclude={"effective_to"})
