-- INV-21: every amount has a currency, and one that was converted says by which rate, of which kind, day and source.
select
    posting_id,
    currency,
    functional_currency,
    fx_rate,
    fx_rate_type
from {{ ref('fct_postings') }}
where
    {{ in_build_periods() }}
    and (
        currency is null or functional_currency is null
        or (currency <> functional_currency and (fx_rate_type is null or fx_rate_date is null or fx_rate_source is null))
        or (currency <> functional_currency and debit + credit <> 0 and coalesce(fx_rate, 0) <= 0)
        or (currency = functional_currency and (debit <> functional_debit or credit <> functional_credit))
    )
