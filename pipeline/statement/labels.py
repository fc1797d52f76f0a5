"""The words of the statement: what finance reads for each code. A code without words is shown as is."""

# Stands beside every mention of human-capital capex: neither framework knows such an asset (accounting.md, section 0).
NOT_STATUTORY = "management view, not GAAP or IFRS"
POOL = "(unallocated)"

CLASSES = {
    "utility_opex": "Utility opex",
    "human_capital_capex": f"Human-capital capex ({NOT_STATUTORY})",
}
FUNCTIONS = {
    "rnd": "Research and development",
    "sales_marketing": "Sales and marketing",
    "gna": "General and administrative",
    "cost_of_revenue": "Cost of revenue",
    "unallocated": "Unallocated pool",
}
BEARERS = {
    "employee": "People",
    "service": "Services",
    "project": "Projects",
    "cost_center": "Cost centres",
    "pool": "Unallocated pool",
}
METHODS = {
    "direct": "Direct: the charge names a person or a person's key",
    "dedicated": "Dedicated: the key, tag or workspace belongs to a service, project or centre",
    "metered": "Metered: split by use on the same day",
    "headcount": "Rule: by headcount",
    "fixed": "Rule: fixed shares",
    "even": "Rule: equal shares",
    "direct_cost": "Rule: in proportion to direct cost",
    "base": "Overhead: tax, credit or adjustment, in proportion to the cost it belongs to",
    "pool": "None: kept in the unallocated pool",
}
REASONS = {
    "unknown_key": "A key or user nobody has claimed",
    "expired_key": "A key outside the dates on file",
    "shared_key": "A key that several share, and no use is metered",
    "unknown_owner": "The owner on file does not exist",
    "pre_employment": "Used before the owner's first day",
    "unowned_usage": "Its use names nobody who is known",
    "no_owner": "Names nobody, and no use is metered",
    "no_usage": "No use was metered that day",
    "unpriced_usage": "Use is metered, but has no price",
    "no_base": "A tax, credit or adjustment without cost to follow",
    "no_driver": "The rule has nothing to spread by",
    "no_cost_center": "The owner has no cost centre",
    "rule_pool": "A rule keeps it here",
}
CAUSES = {
    "provider_correction": "The provider restated its bill",
    "late_usage": "Use that was billed late",
    "own_error": "Worked out otherwise than it was posted",
    "policy_error": "A policy was wrong",
    "estimate_trueup": "An estimate was replaced by what is known",
    "reopened": "The month was reopened",
}
VERBATIM: dict[str, str] = {}
COMPARED = {
    "within": "Within tolerance",
    "outside": "Outside tolerance",
    "not_billed": "No: no bill states it",
    "no_usage": "No: no use is metered",
    "metered_elsewhere": "No: metered by another account",
    "no_token_lines": "No: the bill states no tokens",
    "unpriced_usage": "No: some use has no price",
    "other_currency": "No: billed in another currency",
}
PRICE_BASIS = {"agreement": "Agreement", "list": "Public list", "unpriced": "Unpriced"}
PRICE_NOTES = {
    "shortest_context": "of the shortest requests, where use is not split by length",
    "service_tier": "no price of the service tier",
    "token_class": "no price of the class of token",
    "no_token_class": "no class of token stated",
    "unknown_model": "a model without a known price",
    "no_model": "no model stated",
    "price_by_hour": "a price that changes by the hour",
}
CONTRIBUTES = {"cost": "Cost", "use": "Spreads cost", "nothing": "Not counted"}
DATASETS = {"charges": "Cost", "usage": "Use (driver)", "identities": "Identities", "invoices": "Invoices"}


def words(table: dict[str, str], code: str | None, missing: str = "(none stated)") -> str:
    """What `code` is called in `table`; the code itself when it has no words, `missing` when there is no code."""
    return missing if not code else table.get(code, code)


def class_label(code: str | None) -> str:
    """The management class with, for human-capital capex, the words that say what it is not."""
    return words(CLASSES, code)
