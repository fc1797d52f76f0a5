"""The gates: for each dataset of the lake, and for the journal and the statement, one function returns the suite.

A rule belongs here when it decides whether something may come in or go out; how marts are made dbt tests itself.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from expectations.books import journal_rules, statement_rules
from expectations.rules import Rule, Rules, Words, dated_within, later, literal, never, none_of, one_of, some_rows, stated
from expectations.verdict import INFO, WARNING, LoadContext
from ingestion.focus import CHARGE_CATEGORIES, CONTROL_TOTAL, SERVICE_DATE, TOKEN_CLASSES

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

ORIGIN = ("x_Source", "x_Account", "x_LoadId", "x_SourceRow")
IDENTITY_KINDS = (
    *("email", "user_id", "api_key_id", "api_key_name", "key_hash"),
    *("workspace_id", "sub_account", "iam_principal", "login"),
)
# A provider's price list and its bill may differ by discounts and rounding, never by a factor like this: money is in
# another unit (cents for dollars), or the quantity is (tokens for thousands of tokens).
IMPOSSIBLE_FACTOR = 30

Span = tuple[int | None, int | None]  # smallest and greatest x_SourceRow


def charges(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> "ExpectationSuite":
    """The gate of billed lines (FOCUS 1.4 Cost and Usage)."""
    gate = _load_gate(context, span, key=())
    periods = ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart")
    gate.rules += [
        *stated(("BilledCost", "BillingCurrency", "ChargeCategory", *periods)),
        _categories(),
        _token_classes(),
        _currency("BillingCurrency"),
        later("ChargePeriodEnd", "ChargePeriodStart", "Every charge period ends after it starts."),
        later("BillingPeriodEnd", "BillingPeriodStart", "Every billing period ends after it starts."),
        _possible_unit(),
        *_signs(),
    ]
    return _with_declared(gate, declared)


def usage(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> "ExpectationSuite":
    """The gate of metered use: the driver that attributes a charge, so a wrong one moves money between people."""
    gate = _load_gate(context, span, key=("x_TokenClass", "Unit"))
    amount, currency = "EstimatedCost", "EstimatedCostCurrency"
    gate.rules += [
        *stated(("UsageDate", "Quantity", "Unit")),
        _token_classes(),
        never("Quantity_not_negative", "No quantity is negative.", '"Quantity" < 0', ("Quantity",)),
        _currency(currency),
        never(
            "estimate_has_currency",
            "Every estimated cost has a currency.",
            f'"{amount}" is not null and "{currency}" is null',
            (amount, currency),
            Words(applies=f'"{amount}" is not null'),
        ),
    ]
    return _with_declared(gate, declared)


def identities(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> "ExpectationSuite":
    """The gate of what a provider knows of its keys, users and workspaces."""
    gate = _load_gate(context, span, key=("Kind",))
    gate.rules += [
        *stated(("Kind", "Key")),
        one_of("Kind", IDENTITY_KINDS, "Every Kind is one that credentials can name.", WARNING),
        later("ValidTo", "ValidFrom", "Every validity ends after it starts."),
        none_of(
            "identity_stated_once",
            "No identity is stated twice for the same start of validity.",
            'select "Kind", "ValidFrom", count(*) as copies from {batch} group by "Kind", "Key", "ValidFrom"'
            " having count(*) > 1",
            ("Kind", "Key", "ValidFrom"),
        ),
    ]
    return _with_declared(gate, declared)


def invoices(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> "ExpectationSuite":
    """The gate of issued invoices (FOCUS 1.4 Invoice Detail)."""
    gate = _load_gate(context, span, key=())
    gate.rules += [
        *stated(("BilledCost", "BillingCurrency", "ChargeCategory", "InvoiceId", "BillingPeriodStart")),
        _categories(),
        _currency("BillingCurrency"),
        later("BillingPeriodEnd", "BillingPeriodStart", "Every billing period ends after it starts."),
        never(
            "due_after_issue",
            "No invoice is due before it was issued.",
            '"PaymentDueDate" < "InvoiceIssueDate"',
            ("PaymentDueDate", "InvoiceIssueDate"),
            Words(WARNING),
        ),
        none_of(
            "invoice_line_once",
            "No line of an invoice is stated twice.",
            'select "InvoiceId", "InvoiceDetailId", count(*) as copies from {batch} where "InvoiceDetailId" is not null'
            ' group by "InvoiceId", "InvoiceDetailId" having count(*) > 1',
            ("InvoiceId", "InvoiceDetailId"),
        ),
    ]
    return _with_declared(gate, declared)


def journal(period: str, minor_units: Mapping[str, int]) -> "ExpectationSuite":
    """The gate of a period's journal; `minor_units` gives the decimals of each currency in the books."""
    return Rules(f"journal {period}", journal_rules(period, minor_units)).suite()


def statement(period: str) -> "ExpectationSuite":
    """The gate of a period's cost statement, with the reconciliation and the bridge that go out beside it."""
    return Rules(f"statement {period}", statement_rules(period)).suite()


LOAD_GATES: dict[str, Callable[..., "ExpectationSuite"]] = {
    "charges": charges,
    "usage": usage,
    "identities": identities,
    "invoices": invoices,
}


def _load_gate(context: LoadContext, span: Span, key: tuple[str, ...]) -> Rules:
    """What holds for every load: something is there, all of it, once, from one place, in its window, tied to totals."""
    gate = Rules(f"{context.dataset} {context.load_id}", [some_rows("row"), *stated(ORIGIN), _one_origin(context)])
    gate.rules += [_all_rows(context, span), _once(span, key)]
    if context.dataset in CONTROL_TOTAL:
        gate.rules.append(_control_totals(context))
    if context.dataset in SERVICE_DATE:
        column = "BillingPeriodStart" if context.window_by == "billing" else SERVICE_DATE[context.dataset]
        if context.window_from and context.window_to:
            gate.rules.append(dated_within(column, context.window_from, context.window_to))
        else:
            reason = "The load states no window."
            gate.skipped.append((f"{column}_in_window", f"Every {column} lies in the window of the load.", reason))
    return gate


def _one_origin(context: LoadContext) -> Rule:
    told = {"x_Source": context.source, "x_Account": context.account, "x_LoadId": context.load_id}
    other = " or ".join(f'"{column}" <> {literal(value)}' for column, value in told.items())
    plain = f"Every row comes from load {context.load_id} of {context.source}, account {context.account}."
    return never("one_origin", plain, other, tuple(told))


def _distinct_rows(span: Span) -> str:
    """SQL for the exact number of distinct x_SourceRow: as a bitmap when the numbers are close together, in 1/60 of
    the memory of count(distinct)."""
    low, high = span
    if low is None or high is None or high - low > 2**31:
        return 'count(distinct "x_SourceRow")'
    return f'bit_count(bitstring_agg("x_SourceRow", {low}, {high}))'


def _all_rows(context: LoadContext, span: Span) -> Rule:
    counted = f"select {_distinct_rows(span)} as rows_in_load, {context.rows} as rows_in_export from {{batch}}"
    return none_of(
        "all_rows_arrived",
        f"Each of the {context.rows:,} rows of the export is in the load.",
        f"select * from ({counted}) as counted where rows_in_load is distinct from rows_in_export",
        ("x_SourceRow",),
    )


def _once(span: Span, key: tuple[str, ...]) -> Rule:
    parts = [f'"{column}"' for column in key]
    grouped = f"group by {', '.join(parts)}" if parts else ""
    counts = ", ".join([*parts, "count(*) as copies", f"{_distinct_rows(span)} as source_rows"])
    counted = f'select {counts} from {{batch}} where "x_SourceRow" is not null {grouped}'
    return none_of(
        "no_row_twice",
        f"No row of the export is in the load twice{' for the same ' + ' and '.join(key) if key else ''}.",
        f"select * from ({counted}) as counted where copies <> source_rows",
        ("x_SourceRow", *key),
    )


def _control_totals(context: LoadContext) -> Rule:
    amount, currency = CONTROL_TOTAL[context.dataset]
    told = [f"({literal(code)}, cast({literal(total)} as decimal(38,12)))" for code, total in context.totals.items()]
    values = f"(values {', '.join(told)})" if told else "(select null, cast(null as decimal(38,12)) where false)"
    said = ", ".join(f"{total} {code}" for code, total in sorted(context.totals.items())) or "none"
    return none_of(
        "control_totals_agree",
        f"The sum of {amount} per currency equals the control total of the export: {said}.",
        f"select coalesce(found.currency, declared.currency) as currency, found.total as total_in_load,"
        f" declared.total as total_in_export"
        f' from (select "{currency}" as currency, sum("{amount}") as total from {{batch}} group by "{currency}") as found'
        f" full join {values} as declared (currency, total) on found.currency is not distinct from declared.currency"
        f" where found.total is distinct from declared.total",
        (amount, currency),
    )


def _categories() -> Rule:
    return one_of("ChargeCategory", CHARGE_CATEGORIES, "Every ChargeCategory is one of FOCUS.")


def _token_classes() -> Rule:
    return one_of("x_TokenClass", TOKEN_CLASSES, "Every token class is one of tokenbooks, or none.")


def _currency(column: str) -> Rule:
    """The currencies of the rows are known to babel. Judged once per currency, not once per row."""
    from babel.core import get_global

    known = ", ".join(literal(code) for code in sorted(get_global("all_currencies")))
    return none_of(
        f"{column}_known",
        f"Every {column} is a currency code of ISO 4217.",
        f'select "{column}", count(*) as "rows" from {{batch}} where "{column}" is not null group by "{column}"'
        f' having "{column}" not in ({known})',
        (column,),
        Words(shows=column),
    )


def _possible_unit() -> Rule:
    """Exact products only: a cast that scales a decimal down divides, and costs 10 million rows 15 seconds each."""
    exact = "decimal(38,24)"
    cost = 'abs(coalesce(nullif("EffectiveCost", 0), "BilledCost"))'
    price = 'coalesce("ContractedUnitPrice", "ListUnitPrice")'
    listed = f'try(abs("PricingQuantity" * {price}))'  # nothing when above 10^14, which is impossible too
    times = {one: f"try(cast({IMPOSSIBLE_FACTOR} * {one} as {exact}))" for one in (cost, listed)}
    # A cent of difference is rounding, whatever its ratio; free and unpriced lines say nothing about the unit.
    return never(
        "unit_of_money_possible",
        f"Where a line states quantity and unit price, its cost is within a factor {IMPOSSIBLE_FACTOR} of their"
        " product: otherwise the unit of money cannot be right.",
        f'"ChargeCategory" = \'Usage\' and "ChargeClass" is null and {cost} > 0 and "PricingQuantity" is not null'
        f" and {price} is not null and ({listed} is null or ({listed} > 0 and ("
        f"({cost} >= {times[listed]} and {cost} > {listed} + 0.01)"
        f" or ({listed} >= {times[cost]} and {listed} > {cost} + 0.01))))",
        ("BilledCost", "EffectiveCost", "PricingQuantity", "ListUnitPrice"),
        Words(applies=f'"PricingQuantity" is not null and {price} is not null'),
    )


def _signs() -> list[Rule]:
    return [
        never(
            "signs_agree",
            "Billed and effective cost of a line do not have opposite signs.",
            '("BilledCost" > 0 and "EffectiveCost" < 0) or ("BilledCost" < 0 and "EffectiveCost" > 0)',
            ("BilledCost", "EffectiveCost"),
            Words(WARNING, applies='"EffectiveCost" is not null'),
        ),
        never(
            "use_costs_something",
            "A line of use is negative only when it corrects another (ChargeClass).",
            '"ChargeCategory" = \'Usage\' and "ChargeClass" is null and "BilledCost" < 0',
            ("ChargeCategory", "ChargeClass", "BilledCost"),
            Words(WARNING),
        ),
        never(
            "credits_told",
            "There are no credits in this load.",
            "\"ChargeCategory\" = 'Credit'",
            ("ChargeCategory", "BilledCost"),
            Words(INFO),
        ),
    ]


def _with_declared(gate: Rules, declared: Iterable[Any]) -> "ExpectationSuite":
    """The gate with what the source asks for itself: mappings or objects with rule, plain, severity and sql."""
    for extra in declared:
        told = extra if isinstance(extra, Mapping) else vars(extra)
        words = Words(told.get("severity", "critical"))
        gate.rules.append(none_of(told["rule"], told["plain"], told["sql"], (), words))
    return gate.suite()
