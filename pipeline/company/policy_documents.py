"""What a policy may say: the words of `company/policies/*.yml`, checked before anything is read from them.

The drivers of a rule are those of accounting.md section 2.5; the order of the rules is the order of decision.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator

FRAMEWORKS = {"statutory-us-gaap": "us_gaap", "statutory-ifrs": "ifrs", "tax-us": "tax_us"}
# What accounting.md section 2.3 asks of every capitalised slice of a statutory book (INV-10).
ALWAYS_REQUIRED = ("E1", "E2", "E3", "E4", "E5", "E6", "E9")
NEVER_CAPITALISED = {"training", "learning", "data_conversion", "admin", "maintenance", "support", "preliminary"}
NEVER_CAPITALISED |= {"evaluation", "research", "none", "any"}


class Strict(BaseModel):
    """A document that may say nothing unknown, since a word that is not read is a rule that does not hold."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def _exact(value: Any) -> Any:
    """Refuse what YAML has already made a float: write amounts in quotes."""
    if isinstance(value, float):
        raise ValueError("write the number in quotes, so that it stays exact")
    return value


def _twelve_places(value: Decimal) -> Decimal:
    if value < 0 or value != round(value, 12) or value >= Decimal(10) ** 16:
        raise ValueError("write an amount that is not negative, with at most 12 decimals")
    return value


Words = Annotated[list[str], Field(min_length=1)]
Amount = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_twelve_places)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Workload = Literal["prod_inference", "shared_ci", "shared_platform", "admin", "none", "any"]
Evidence = Literal["E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9"]


class When(Strict):
    """What a rule asks for; what is not named may be anything. In a list `none` is "not stated", `any` "stated"."""

    bearer_type: list[Literal["employee", "service", "project", "cost_center", "pool"]] | None = None
    workload: Annotated[list[Workload], Field(min_length=1)] | None = None
    worker_type: list[Literal["employee", "contractor", "none", "any"]] | None = None
    role_family: Words | None = None
    activity: Words | None = None
    project_type: Words | None = None
    project_id: Words | None = None
    location_of_work: Words | None = None
    entity_id: Words | None = None
    cost_center_id: Words | None = None
    source: Words | None = None
    account: Words | None = None
    model: Words | None = None
    charge_category: list[Literal["Usage", "Purchase", "Tax", "Credit", "Adjustment"]] | None = None
    prepaid: bool | None = None
    tax_recoverable: bool | None = None
    service_from: date | None = None
    service_to: date | None = None


# Lists of values and one value each: every combination becomes a row that SQL compares for equality.
CONDITIONS = tuple(name for name in When.model_fields if name not in ("service_from", "service_to"))


class ManagementWhen(When):
    """As above, and what the bearer's use costs on the day, or in the month, in one currency."""

    amount_per_day: Amount | None = None
    amount_per_period: Amount | None = None
    currency: Currency | None = None

    @model_validator(mode="after")
    def _amounts_have_a_currency(self) -> "ManagementWhen":
        if (self.currency is None) != (self.amount_per_day is None and self.amount_per_period is None):
            raise ValueError("an amount has a currency: state amount_per_day or amount_per_period, and currency")
        return self


class StatutoryWhen(When):
    """As above, and which of the gates E1 to E4 had not been passed on the service date."""

    without: Annotated[list[Literal["E1", "E2", "E3", "E4"]], Field(min_length=1)] | None = None


class Rule(Strict):
    """One rule of the management policy."""

    id: str
    when: ManagementWhen = ManagementWhen()
    mgmt_class: Literal["utility_opex", "human_capital_capex"] = Field(alias="class")
    reason: str


class StatutoryRule(Strict):
    """One rule of a statutory policy; its reason code is its id when it gives none."""

    id: str
    when: StatutoryWhen = StatutoryWhen()
    require: list[Evidence] = []
    before: Literal["ready_for_use"] | None = None
    after: Literal["ready_for_use"] | None = None
    treat: Literal["expense", "capitalise", "capitalise_cca_impl", "prepaid", "tax_asset"]
    asset_class: str | None = None
    function: Literal["rnd", "sales_marketing", "gna", "cost_of_revenue"] | None = None
    reason: str | None = None


class Version(Strict):
    """What every policy says of itself; `entity` left out is every entity without a policy of its own."""

    version: int
    entity: str | None = None
    effective_from: date
    effective_to: date | None = None
    author: str
    approver: str
    approved_on: date | None = None


class Management(Version):
    """policies/management*.yml."""

    policy_id: Literal["management"]
    rules: Annotated[list[Rule], Field(min_length=1)]


class Threshold(Strict):
    """Projects that cost less in a calendar year are expensed whatever their evidence."""

    currency: Currency = "USD"
    per_project_year: Amount = Decimal("25000.00")
    below: Literal["expense"] = "expense"


class Amortisation(Strict):
    """How a capitalised module becomes expense (accounting.md section 2.7)."""

    method: Literal["straight_line"] = "straight_line"
    life_months: Annotated[int, Field(ge=1, le=600)] = 36
    start: Literal["ready_date"] = "ready_date"
    convention: Literal["full_month_of_ready", "full_month_next", "daily_actual"] = "full_month_next"
    rounding: Literal["telescoping", "last_period_plug"] = "telescoping"
    true_up: Literal["catch_up", "prospective"] = "catch_up"


class Statutory(Version):
    """policies/statutory-us-gaap*.yml, statutory-ifrs*.yml, tax-us*.yml; one without rules has a default alone."""

    policy_id: Literal["statutory-us-gaap", "statutory-ifrs", "tax-us"]
    book: Literal["US_GAAP", "IFRS", "TAX_US"] | None = None
    regime: Literal["stage_model", "asu_2025_06", "ifrs", "section_174a"] | None = None
    default_treatment: Literal["expense"] = "expense"
    default_reason: str = "DEFAULT_EXPENSE"
    allow_token_capitalisation: bool = False
    min_attribution_grade: Literal["A", "B", "C"] = "B"
    capitalisation_threshold: Threshold | None = None
    rules: list[StatutoryRule] = []
    amortisation: Amortisation = Amortisation()

    @property
    def is_tax(self) -> bool:
        """Whether it decides the tax book, where the law asks for no evidence of ours."""
        return self.policy_id == "tax-us"

    @property
    def holds_regime(self) -> str:
        """The regime it states, else the usual one of its framework."""
        usual = {"statutory-us-gaap": "stage_model", "statutory-ifrs": "ifrs", "tax-us": "section_174a"}
        return self.regime or usual[self.policy_id]


class AnyPolicy(RootModel[Annotated[Management | Statutory, Field(discriminator="policy_id")]]):
    """A policy of either kind, told apart by its policy_id."""
