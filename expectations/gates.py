"""The gates: for each dataset of the lake, and for the journal and the statement, one function returns the rules.

A rule belongs here when it decides whether something may come in or go out; how marts are made dbt tests itself.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from expectations import loads
from expectations.books import journal_rules, statement_rules
from expectations.loads import Span
from expectations.rules import Rules, Words, dated_within, later, never, none_of, one_of, some_rows, stated
from expectations.verdict import WARNING, LoadContext
from ingestion.focus import CONTROL_TOTAL, SERVICE_DATE

ORIGIN = ("x_Source", "x_Account", "x_LoadId", "x_SourceRow")
IDENTITY_KINDS = (
    *("email", "user_id", "api_key_id", "api_key_name", "key_hash"),
    *("workspace_id", "sub_account", "iam_principal", "login"),
)


def charges(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> Rules:
    """The gate of billed lines (FOCUS 1.4 Cost and Usage)."""
    gate = _load_gate(context, span, key=())
    periods = ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart")
    gate.rules += [
        *stated(("BilledCost", "BillingCurrency", "ChargeCategory", *periods)),
        loads.categories(),
        loads.token_classes(),
        loads.currency_known("BillingCurrency"),
        later("ChargePeriodEnd", "ChargePeriodStart", "Every charge period ends after it starts."),
        later("BillingPeriodEnd", "BillingPeriodStart", "Every billing period ends after it starts."),
        loads.possible_unit(),
        *loads.signs(),
    ]
    return _with_declared(gate, declared)


def usage(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> Rules:
    """The gate of metered use: the driver that attributes a charge, so a wrong one moves money between people."""
    gate = _load_gate(context, span, key=("x_TokenClass", "Unit"))
    amount, currency = "EstimatedCost", "EstimatedCostCurrency"
    gate.rules += [
        *stated(("UsageDate", "Quantity", "Unit")),
        loads.token_classes(),
        never("Quantity_not_negative", "No quantity is negative.", '"Quantity" < 0', ("Quantity",)),
        loads.currency_known(currency),
        never(
            "estimate_has_currency",
            "Every estimated cost has a currency.",
            f'"{amount}" is not null and "{currency}" is null',
            (amount, currency),
            Words(applies=f'"{amount}" is not null'),
        ),
    ]
    return _with_declared(gate, declared)


def identities(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> Rules:
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


def invoices(context: LoadContext, span: Span, declared: Iterable[Any] = ()) -> Rules:
    """The gate of issued invoices (FOCUS 1.4 Invoice Detail)."""
    gate = _load_gate(context, span, key=())
    gate.rules += [
        *stated(("BilledCost", "BillingCurrency", "ChargeCategory", "InvoiceId", "BillingPeriodStart")),
        loads.categories(),
        loads.currency_known("BillingCurrency"),
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


def journal(period: str, minor_units: Mapping[str, int]) -> Rules:
    """The gate of a period's journal; `minor_units` gives the decimals of each currency in the books."""
    return Rules(f"journal {period}", journal_rules(period, minor_units))


def statement(period: str) -> Rules:
    """The gate of a period's cost statement, with the reconciliation and the bridge that go out beside it."""
    return Rules(f"statement {period}", statement_rules(period))


LOAD_GATES: dict[str, Callable[..., Rules]] = {
    "charges": charges,
    "usage": usage,
    "identities": identities,
    "invoices": invoices,
}


def _load_gate(context: LoadContext, span: Span, key: tuple[str, ...]) -> Rules:
    """What holds for every load: something is there, all of it, once, from one place, in its window, tied to totals."""
    gate = Rules(f"{context.dataset} {context.load_id}", [some_rows("row"), *stated(ORIGIN), loads.one_origin(context)])
    gate.rules += [loads.all_rows(context, span), loads.once(span, key)]
    if context.dataset in CONTROL_TOTAL or (context.dataset == "usage" and context.totals):
        gate.rules.append(loads.control_totals(context))
    if context.dataset in SERVICE_DATE:
        column = "BillingPeriodStart" if context.window_by == "billing" else SERVICE_DATE[context.dataset]
        if context.window_from and context.window_to:
            gate.rules.append(dated_within(column, context.window_from, context.window_to))
        else:
            reason = "The load states no window."
            gate.skipped.append((f"{column}_in_window", f"Every {column} lies in the window of the load.", reason))
    return gate


def _with_declared(gate: Rules, declared: Iterable[Any]) -> Rules:
    """The gate with what the source asks for itself: mappings or objects with rule, plain, severity and sql."""
    for extra in declared:
        told = extra if isinstance(extra, Mapping) else vars(extra)
        words = Words(told.get("severity", "critical"))
        gate.rules.append(none_of(told["rule"], told["plain"], told["sql"], (), words))
    return gate
