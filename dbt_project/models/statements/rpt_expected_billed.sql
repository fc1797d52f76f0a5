-- Expected cost beside the bill, per account and month of use. Compared is what the bill states by class of token, with use
-- metered in the account itself, all of it priced; anything else has no difference, and `status` says why.
with

used as (select * from {{ ref('int_used_totaled') }}),
accounts as (select * from {{ ref('stg_accounts') }}),
settings as (select * from {{ ref('stg_settings') }}),
sources as (select * from {{ ref('stg_sources') }}),

billed as (

    select
        period,
        source,
        account,
        currency,
        sum(billed_cost) as billed_cost,
        sum(billed_tokens) as billed_tokens,
        sum(token_rows) as token_rows
    from {{ ref('int_billed_totaled') }}
    group by period, source, account, currency

),

beside as (

    select
        {%- for key in ['period', 'source', 'account', 'currency'] %}
        coalesce(billed.{{ key }}, used.{{ key }}) as {{ key }},
        {%- endfor %}
        {{ prefixed('billed', ['billed_cost', 'billed_tokens']) }},
        used.expected_cost,
        {{ prefixed('used', ['quantity', 'unpriced_quantity', 'unpriced_models', 'price_basis', 'price_notes']) }},
        case
            when billed.source is null then 'not_billed'
            when used.source is null then 'no_usage'
            when used.metered = 'elsewhere' then 'metered_elsewhere'
            when billed.token_rows = 0 then 'no_token_lines'
            when used.unpriced_quantity > 0 then 'unpriced_usage'
            when used.expected_cost is null or used.currency <> billed.currency then 'other_currency'
        end as not_compared
    from billed
    full outer join used
        on billed.period = used.period and billed.source = used.source and billed.account = used.account

),

measured as (

    select
        beside.*,
        coalesce(accounts.entity_id, '(unassigned)') as entity_id,
        case when beside.not_compared is null then beside.expected_cost - beside.billed_tokens end as difference,
        case when beside.not_compared is null then {{ usage_tolerance('beside.billed_tokens') }} end as tolerance
    from beside
    cross join settings
    left join sources on beside.source = sources.source
    left join accounts on beside.source = accounts.source and beside.account = accounts.account

),

final as (

    select
        {{ prefixed('measured', ['period', 'entity_id', 'source', 'account', 'currency']) }},
        {%- for amount in ['billed_cost', 'billed_tokens', 'expected_cost', 'difference', 'tolerance'] %}
        cast({{ amount }} as decimal(38, 12)) as {{ amount }},
        {%- endfor %}
        cast(coalesce(quantity, 0) as decimal(38, 0)) as quantity,
        cast(coalesce(unpriced_quantity, 0) as decimal(38, 0)) as unpriced_quantity,
        unpriced_models,
        price_basis,
        price_notes,
        coalesce(not_compared, case when abs(difference) <= tolerance then 'within' else 'outside' end) as status
    from measured
    where {{ in_build_periods() }}

)

select * from final
