"""The rules that the gates of loads share: all of it arrived, once, from one place, in a unit that can be right."""

from expectations.rules import Rule, Words, literal, never, none_of, one_of
from expectations.verdict import INFO, WARNING, LoadContext
from ingestion.focus import CHARGE_CATEGORIES, CONTROL_TOTAL, TOKEN_CLASSES

# A provider's price list and its bill may differ by discounts and rounding, never by a factor like this: money is in
# another unit (cents for dollars), or the quantity is (tokens for thousands of tokens).
IMPOSSIBLE_FACTOR = 30

Span = tuple[int | None, int | None]  # smallest and greatest x_SourceRow


def one_origin(context: LoadContext) -> Rule:
    """Every row carries the source, the account and the load id of this load."""
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


def all_rows(context: LoadContext, span: Span) -> Rule:
    """Rows are conserved: as many distinct x_SourceRow as the export has rows (CTL-04)."""
    counted = f"select {_distinct_rows(span)} as rows_in_load, {context.rows} as rows_in_export from {{batch}}"
    return none_of(
        "all_rows_arrived",
        f"Each of the {context.rows:,} rows of the export is in the load.",
        f"select * from ({counted}) as counted where rows_in_load is distinct from rows_in_export",
        ("x_SourceRow",),
    )


def once(span: Span, key: tuple[str, ...]) -> Rule:
    """No row of the export is there twice; a row may give one row per value of the key columns."""
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


def control_totals(context: LoadContext) -> Rule:
    """Money is conserved: sums per currency (of usage, quantities per unit) equal those of the export, exactly."""
    amount, currency = CONTROL_TOTAL.get(context.dataset, ("Quantity", "Unit"))
    told = [f"({literal(code)}, cast({literal(total)} as decimal(38,12)))" for code, total in context.totals.items()]
    values = f"(values {', '.join(told)})" if told else "(select null, cast(null as decimal(38,12)) where false)"
    said = ", ".join(f"{total} {code}" for code, total in sorted(context.totals.items())) or "none"
    return none_of(
        "control_totals_agree",
        f"The sum of {amount} per {currency} equals the control total of the export: {said}.",
        f"select coalesce(found.currency, declared.currency) as currency, found.total as total_in_load,"
        f" declared.total as total_in_export"
        f' from (select "{currency}" as currency, sum("{amount}") as total from {{batch}} group by "{currency}")'
        " as found"
        f" full join {values} as declared (currency, total) on found.currency is not distinct from declared.currency"
        f" where found.total is distinct from declared.total",
        (amount, currency),
    )


def categories() -> Rule:
    """ChargeCategory is one of the values FOCUS allows."""
    return one_of("ChargeCategory", CHARGE_CATEGORIES, "Every ChargeCategory is one of FOCUS.")


def token_classes() -> Rule:
    """The token class is one of the vocabulary, or none."""
    return one_of("x_TokenClass", TOKEN_CLASSES, "Every token class is one of tokenbooks, or none.")


def currency_known(column: str) -> Rule:
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


def possible_unit() -> Rule:
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


def signs() -> list[Rule]:
    """What is odd about signs shows; it does not block, since providers correct and credit as they like."""
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
            "The load holds no credits.",
            "\"ChargeCategory\" = 'Credit'",
            ("ChargeCategory", "BilledCost"),
            Words(INFO),
        ),
    ]
