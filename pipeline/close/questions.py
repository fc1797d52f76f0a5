"""The questions of the close gate that the warehouse answers: each selects what stands in the way; nothing is good.

Asked of schema `finance` with $entity, $period and, where a question says so, $limit and $material. The accounts an
entity pays for are those that its settings give it.
"""

from dataclasses import dataclass

PAID = "(source, account) in (select source, account from company.accounts where entity_id = $entity)"
HERE = "period = $period and entity_id = $entity"


@dataclass(frozen=True)
class Question:
    """A check by SQL."""

    name: str
    plain: str
    cure: str
    sql: str


QUESTIONS = (
    Question(
        "reconciliation",
        "Every account reconciles from bill to journal without a difference",
        "find the account in rpt_reconciliation; a difference is a fault of the books, report it",
        f"""select source, account, currency, difference from finance.rpt_reconciliation
        where period = $period and {PAID}
        and (difference <> 0 or billed_cost is distinct from recognized_cost + not_recognized)""",
    ),
    Question(
        "allocations_foot",
        "Allocations and pool sum to the charges exactly (INV-03)",
        "a fault of the books, report it",
        f"""with charged as (
            select source, account, currency, sum(recognized_cost) as amount
            from finance.fct_charges where period = $period and {PAID} group by all
        ), borne as (
            select source, account, currency, sum(amount) as amount
            from finance.fct_allocations where period = $period and {PAID} group by all
        )
        select source, account, currency, charged.amount as charged, borne.amount as allocated
        from charged full join borne using (source, account, currency)
        where coalesce(charged.amount, 0) <> coalesce(borne.amount, 0)""",
    ),
    Question(
        "pool_limit",
        "The pool is within its limit (INV-30)",
        "name the owners in company/credentials.csv or a rule in allocation_rules.csv, or raise pool.limit_percent",
        f"""select currency, pooled, total, $limit as limit_percent from (
            select currency, sum(abs(amount)) as total,
            coalesce(sum(case when bearer_type = 'pool' then abs(amount) end), 0) as pooled
            from finance.fct_allocations where period = $period and {PAID} group by currency
        ) where pooled * 100 > total * cast($limit as decimal(9, 4))""",
    ),
    Question(
        "pool_reasons",
        "Every pooled amount above materiality has a reason",
        "a fault of the books, report it",
        f"""select source, account, sub_account_id, model, amount, currency from finance.fct_pool
        where period = $period and {PAID} and abs(amount) > cast($material as decimal(28, 12))
        and coalesce(trim(pool_reason), '') = ''""",
    ),
    Question(
        "classified",
        "Everything has a management class and a treatment per framework (INV-08)",
        "add what is missing to the policies in company/policies/",
        f"""select mgmt_class, us_gaap_treatment, ifrs_treatment, tax_treatment, sum(amount) as amount
        from finance.fct_allocations where {HERE} and (mgmt_class is null or us_gaap_treatment is null
        or ifrs_treatment is null or tax_treatment is null or 'unclassified' in (mgmt_class, us_gaap_treatment))
        group by all""",
    ),
    Question(
        "bridge",
        "The bridge between the two classifications has no residual (INV-09)",
        "a fault of the books, report it",
        f"""with bridged as (
            select currency, sum(amount) as amount from finance.rpt_classification_bridge where {HERE} group by currency
        ), borne as (select currency, sum(amount) as amount from finance.fct_allocations where {HERE} group by currency)
        select currency, coalesce(borne.amount, 0) - coalesce(bridged.amount, 0) as residual
        from bridged full join borne using (currency) where coalesce(bridged.amount, 0) <> coalesce(borne.amount, 0)""",
    ),
    Question(
        "journal_balances",
        "The journal balances per entry and currency (INV-12)",
        "a fault of the books, report it",
        f"""select entry_id, currency, sum(debit) as debit, sum(credit) as credit from finance.fct_postings where {HERE}
        group by entry_id, currency having sum(debit) <> sum(credit) or count(*) < 2""",
    ),
    Question(
        "functional_balances",
        "The journal balances in the entity's own currency (INV-12)",
        "add the missing rate to company/fx_rates.csv; if none is missing, report it",
        f"""select entry_id, functional_currency, sum(functional_debit) as debit, sum(functional_credit) as credit
        from finance.fct_postings where {HERE} group by entry_id, functional_currency
        having coalesce(sum(functional_debit), -1) <> coalesce(sum(functional_credit), -2)""",
    ),
    Question(
        "no_rounding_account",
        "Nothing is posted to account 9999, rounding (INV-23)",
        "a fault of the books, report it",
        f"select entry_id, debit, credit, currency from finance.fct_postings where {HERE} and account_id = '9999'",
    ),
    Question(
        "overrides",
        "No override was used after it expired",
        "let somebody ask for it anew and another approve it in company/manual_overrides.csv",
        f"""select override_id, expires_on, sum(amount) as amount from finance.fct_allocations
        inner join company.manual_overrides on contains(
            concat_ws(' ', mgmt_policy, us_gaap_policy, ifrs_policy, tax_policy, ''), 'override:' || override_id || ' '
        ) where {HERE} and charge_date >= expires_on group by all""",
    ),
    Question(
        "invoices",
        "Every invoice ties to what was billed (INV-19)",
        "ask the provider for a corrected invoice or export, and deliver it",
        f"""select source, account, currency, billed_cost, invoiced_amount, status
        from finance.rpt_invoice_reconciliation where {HERE} and blocks_close""",
    ),
)
