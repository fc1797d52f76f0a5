"""The few settings of a company, `company/tokenbooks.yml`: whose account is whose, tag names, tolerances, limits."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ingestion.documents import read_yaml
from ingestion.findings import Finding, shortened
from pipeline.company.connections import Connection
from pipeline.company.policies import line_of
from pipeline.company.policy_documents import Amount, Threshold

LISTED = "`tokenbooks sources` lists them"
FILE = "tokenbooks.yml"


class Strict(BaseModel):
    """A document that may say nothing unknown."""

    model_config = ConfigDict(extra="forbid")


class Account(Strict):
    """The entity that pays for an account of a source. There are no bills before `valid_from` and from `valid_to`.

    `invoiced_as` is the folder below landing/invoice/ of its invoices where that has another name than the account;
    `tax_recoverable` says that tax on its bills is claimed back and no cost. `cost_center` receives the bill and
    charges on what others used (accounts 6190 and 6191); without one, cost is booked where it is borne at once.
    `metered_by`: whose use spreads what nobody owns of the bills, instead of use metered in the account itself: that of
    a gateway or a log, written source/account.
    """

    source: str
    account: str
    entity: str
    valid_from: date | None = None
    valid_to: date | None = None
    invoiced_as: str | None = None
    tax_recoverable: bool = False
    cost_center: str | None = None
    metered_by: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*/[^/]+$")]] = []


class Tags(Strict):
    """The names of the charge tags that carry the five columns."""

    project: str = "project"
    activity: str = "activity"
    workload: str = "workload"
    cost_center: str = "cost_center"
    module: str = "module"


class Cutoff(Strict):
    """How long after a period's end its exports are waited for."""

    days_after_period_end: int = Field(default=3, ge=0)


class Materiality(Strict):
    """Below this an unallocated charge needs no reason at close."""

    currency: str = "USD"
    amount: Amount = Decimal("250.00")


class Pool(Strict):
    """How much of an entity's cost of a month may be unallocated when it is closed, in percent."""

    limit_percent: Amount = Decimal("5")


class Reopening(Strict):
    """For how many days a month that was reopened may be posted to."""

    days: int = Field(default=14, ge=1)


class Invoices(Strict):
    """How far metered use at its price may be from the bill: an amount of the bill's currency, or percent if larger."""

    usage_tolerance: Amount = Decimal("1.00")
    usage_tolerance_percent: Amount = Decimal("0.5")


class FxPolicy(Strict):
    """From a day on: how charges are measured in another currency, and how old a spot rate may be."""

    valid_from: date = date(1900, 1, 1)
    method: Literal["daily_spot", "month_average"] = "daily_spot"
    days_back: int = Field(default=7, ge=0, le=31)


class Target(Strict):
    """What a ledger's tool calls our ids, where it calls them otherwise, and what it wants besides."""

    accounts: dict[str, str] = {}
    entities: dict[str, str] = {}
    cost_centers: dict[str, str] = {}
    projects: dict[str, str] = {}
    vendors: dict[str, str] = {}
    journal: str = "GJ"
    tax_rate: str = "Tax Exempt"
    cost_center_tracking: str = ""
    project_tracking: str = ""


class JournalExport(Strict):
    """The tools that `tokenbooks export journal` writes for and that have names of their own."""

    netsuite: Target = Target()
    quickbooks: Target = Target()
    xero: Target = Target()
    intacct: Target = Target()


class CompanySettings(Strict):
    """company/tokenbooks.yml; what it leaves out has the default given here.

    `tolerance`: of a source, how far use at its price may be from what is billed, in the bill's currency; other sources
    have `invoices.usage_tolerance`. Where more, `usage_tolerance_percent` of the bill is allowed.
    """

    book: Literal["US_GAAP", "IFRS", "TAX_US"] = "US_GAAP"
    accruals: Literal["clear_by_invoice", "auto_reverse"] = "clear_by_invoice"
    accounts: list[Account] = []
    connectors: list[Connection] = []
    tags: Tags = Tags()
    tolerance: dict[str, Amount] = {}
    cutoff: Cutoff = Cutoff()
    materiality: Materiality = Materiality()
    pool: Pool = Pool()
    reopening: Reopening = Reopening()
    small_group_k: int = Field(default=5, ge=1)
    capitalization_threshold: Threshold = Threshold()
    journal_export: JournalExport = JournalExport()
    invoices: Invoices = Invoices()
    fx: list[FxPolicy] = Field(default=[FxPolicy()], min_length=1)

    @field_validator("fx")
    @classmethod
    def _each_day_once(cls, policies: list[FxPolicy]) -> list[FxPolicy]:
        if len({policy.valid_from for policy in policies}) < len(policies):
            raise ValueError("two policies begin on the same day: keep one of them")
        return sorted(policies, key=lambda policy: policy.valid_from)

    def fx_policies(self) -> Iterator[dict[str, Any]]:
        """The rows of company.fx_policies: each policy holds until the next one begins."""
        for policy, later in pairwise([*self.fx, None]):
            if policy:
                yield policy.model_dump() | {"valid_to": later and later.valid_from}

    def meters(self) -> Iterator[dict[str, str]]:
        """The rows of company.meters: whose use spreads the bills of an account, where it is not its own."""
        for one in self.accounts:
            for meter in one.metered_by:
                source, account = meter.split("/", 1)
                yield {"source": one.source, "account": one.account, "usage_source": source, "usage_account": account}

    def rows(self) -> list[tuple[str, str]]:
        """(key, value) of every setting but the accounts, flat: `tag_project`, `materiality_amount`, …"""
        flat = {f"tag_{name}": value for name, value in self.tags.model_dump().items()}
        flat |= {"book": self.book, "accruals": self.accruals, "small_group_k": str(self.small_group_k)}
        flat |= {f"tolerance_{source}": f"{value:f}" for source, value in self.tolerance.items()}
        for part in ("cutoff", "materiality", "capitalization_threshold", "invoices"):
            flat |= {f"{part}_{name}": str(value) for name, value in getattr(self, part).model_dump().items()}
        return sorted(flat.items())


def read_settings(
    folder: Path, entities: set[str] | None = None, centers: Mapping[str, set[str]] | None = None
) -> tuple[CompanySettings, list[Finding]]:
    """The settings in `folder`/tokenbooks.yml, the defaults when there is none, and what is wrong with them.

    `centers` has the entities of each cost centre. What is left out is not asked of the accounts.
    """
    path = folder / FILE
    if not path.exists():
        return CompanySettings(), []
    content = path.read_bytes()
    try:
        settings = CompanySettings.model_validate(read_yaml(content) or {})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return CompanySettings(), [Finding("unreadable", " ".join(str(error).split()), "correct the YAML", FILE)]
    except ValidationError as error:
        return CompanySettings(), [
            Finding(
                "settings",
                fault["msg"],
                "write it as the sample company does (tokenbooks init --sample)",
                FILE,
                line_of(content, fault["loc"]),
                ".".join(map(str, fault["loc"])),
            )
            for fault in error.errors(include_url=False)
        ]
    return settings, [*_accounts(settings, content, entities, centers), *_tolerances(settings, content)]


def _accounts(
    settings: CompanySettings, content: bytes, entities: set[str] | None, centers: Mapping[str, set[str]] | None
) -> list[Finding]:
    def fault(rule: str, message: str, cure: str, at: int, column: str) -> Finding:
        return Finding(rule, message, cure, FILE, line_of(content, ["accounts", at]), f"accounts.{at}.{column}")

    found = []
    pulled = [(connection.source, connection.account) for connection in settings.connectors]
    for at, (source, name) in enumerate(pulled):
        if (source, name) in pulled[:at]:
            line = line_of(content, ["connectors", at])
            message = f"{name} of {source} is fetched twice"
            found.append(Finding("duplicate-key", message, "keep one of them", FILE, line, f"connectors.{at}"))
    seen: set[tuple[str, str]] = set()
    for at, account in enumerate(settings.accounts):
        if entities is not None and account.entity not in entities:
            message = f"{shortened(account.entity)} is not an entity_id of entities.csv"
            found.append(fault("dangling-reference", message, "correct it, or add it there", at, "entity"))
        if centers is not None and account.cost_center and account.entity not in centers.get(account.cost_center, ()):
            message = f"{shortened(account.cost_center)} is no cost_center_id of {account.entity} in cost_centers.csv"
            found.append(fault("dangling-reference", message, "correct it, or add it there", at, "cost_center"))
        if (account.source, account.account) in seen:
            message = f"{account.account} of {account.source} is given twice"
            found.append(fault("duplicate-key", message, "keep one of them", at, "account"))
        seen.add((account.source, account.account))
        for meter in account.metered_by:
            if meter.split("/")[0] not in _sources_of("usage"):
                message = f"{shortened(meter)} is metered by no export of use"
                found.append(fault("dangling-reference", message, LISTED, at, "metered_by"))
    return found


def _tolerances(settings: CompanySettings, content: bytes) -> list[Finding]:
    found = []
    for name in sorted(settings.tolerance.keys() - _sources_of("charges")):
        at, message = ["tolerance", name], f"{shortened(name)} is no export that states cost"
        found.append(Finding("dangling-reference", message, LISTED, FILE, line_of(content, at), ".".join(at)))
    return found


def _sources_of(dataset: str) -> set[str]:
    from ingestion import sources

    return {source.id for source in sources().values() if source.dataset == dataset}
