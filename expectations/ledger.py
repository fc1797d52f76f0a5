"""The rules of the ledger as such: double entry, posted months that stay, entities in step, every line on a bill."""

from expectations.rules import Rule, literal, never, none_of

# Months that are closed stay as they were reported, whatever the bill says now.
IS_OPEN = (
    "not exists (from finance.dim_entity_periods as d where d.entity_id = {0}.entity_id and d.period = {0}.period"
    " and d.state in ('closed', 'locked'))"
)
# The legs that bear a service period's cost, as expense or asset; the others are what is owed, and what follows.
BEARS_COST = "function is not null and event in ('accrual', 'drawdown', 'chargeback')"


def double_entry() -> list[Rule]:
    """What makes an entry an entry: it balances, has two lines or more, each of one side."""
    per_entry = "select entry_id, entity_id, currency, sum(debit) as debit, sum(credit) as credit, count(*) as lines"
    grouped = f"{per_entry} from {{batch}} group by entry_id, entity_id, currency"
    return [
        none_of(
            "entries_balance",
            "In every entry debit equals credit, per entity, in the bill's currency and in the entity's own (INV-12).",
            f"{grouped}, functional_currency having sum(debit) is distinct from sum(credit)"
            " or sum(functional_debit) is distinct from sum(functional_credit)",
            ("debit", "credit"),
        ),
        none_of(
            "two_lines_or_more", "Every entry has at least two lines.", f"{grouped} having count(*) < 2", ("entry_id",)
        ),
        never(
            "one_side_per_line",
            "Every line is either a debit or a credit, and greater than zero in one of its two currencies (INV-12).",
            "not (least(debit, credit, functional_debit, functional_credit) >= 0 and debit * credit = 0"
            " and functional_debit * functional_credit = 0"
            " and debit + credit + functional_debit + functional_credit > 0)",
            ("entry_id", "debit", "credit"),
        ),
        none_of(
            "posting_once",
            "Every posting has a number of its own.",
            "select posting_id, count(*) as copies from {batch} group by posting_id"
            " having count(*) > 1 or posting_id is null",
            ("posting_id",),
        ),
    ]


def history(period: str) -> list[Rule]:
    """What keeps posted months as they were, entities in step, and every line on a bill."""
    that = f"period = {literal(period)}"
    return [
        none_of(
            "nothing_new_in_a_closed_month",
            "A month that is closed has posted entries only; what came later is booked in an open one (INV-13).",
            f"select entry_id, entity_id from finance.fct_journal_entries as e where {that} and status = 'draft'"
            f" and not {IS_OPEN.format('e')}",
            ("entry_id",),
        ),
        none_of(
            "reversals_negate",
            "A reversal is the exact negation of a posted line, in every amount and dimension (INV-14).",
            "select r.posting_id from (select * from {batch}) as r"
            " left join finance.fct_postings as o on r.reversal_of = o.posting_id"
            " where r.kind = 'reversal' and (o.posting_id is null or (r.debit, r.credit, r.functional_debit,"
            " r.functional_credit, r.account_id, r.cost_center_id, r.project_id, r.entity_id, r.currency)"
            " is distinct from (o.credit, o.debit, o.functional_credit, o.functional_debit, o.account_id,"
            " o.cost_center_id, o.project_id, o.entity_id, o.currency))",
            ("reversal_of", "debit", "credit"),
        ),
        *_rooted(that),
    ]


def _rooted(that: str) -> list[Rule]:
    """Entities in step with each other, and lines with the bills they come from."""
    return [
        none_of(
            "entities_owe_what_others_claim",
            "What an entity claims from another is what the other owes it, per month of service and currency (INV-22).",
            "select least(entity_id, counterparty_entity_id) as one,"
            " greatest(entity_id, counterparty_entity_id) as two,"
            f" currency, sum(debit - credit) as balance from finance.fct_postings where service_{that}"
            " and counterparty_entity_id is not null and function is null and event = 'chargeback'"
            " group by one, two, currency having sum(debit - credit) <> 0",
            ("counterparty_entity_id", "debit", "credit"),
        ),
        none_of(
            "lines_have_charges",
            "Every draft that bears the month's own cost names a bill that has charges, and so rows of files (INV-27).",
            f"select posting_id, source, account from (select * from {{batch}}) as p where service_{that}"
            f" and {BEARS_COST} and entry_id in (select entry_id from finance.fct_journal_entries where {that}"
            " and status = 'draft') and not exists (from finance.fct_charges as c where"
            f" c.{that} and c.source = p.source and c.account = p.account and c.currency = p.currency)",
            ("source", "account"),
        ),
    ]
