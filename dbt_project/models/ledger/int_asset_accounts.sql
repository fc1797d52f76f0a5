{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The accounts that each asset moves between: in progress, in service, accumulated, expense and loss. A rule for the
-- function of its centre goes before one for any; a rule that is needed and missing stops the build.
with

assets as (

    select
        *,
        concat(
            ', treatment ', treatment, ', function ', coalesce(function, '(none: fill in cost_center_id in projects.csv)'),
            ', for account ', account_id, ', valid on ', cast(period_end as string)
        ) as rule_told
    from {{ ref('int_assets_booked') }}

),

posting_rules as (select * from {{ ref('stg_posting_rules') }}),

-- What goes into service leaves the account on which it stood in progress.
matches as (

    select
        assets.asset_id,
        assets.period,
        posting_rules.*,
        row_number() over (
            partition by assets.asset_id, assets.period, posting_rules.event
            order by case when posting_rules.function is null then 1 else 0 end
        ) as match_rank
    from assets
    inner join posting_rules
        on
            assets.treatment = posting_rules.treatment
            and (posting_rules.function is null or assets.function = posting_rules.function)
            and (posting_rules.event <> 'ready_for_use' or assets.account_id = posting_rules.credit_account)
            and {{ holds_on('posting_rules', 'assets.period_end') }}

),

rules as (

    select
        {%- for event in ['ready_for_use', 'amortization', 'impairment'] %}
        max(case when event = '{{ event }}' then debit_account end) as {{ event }}_debit,
        max(case when event = '{{ event }}' then credit_account end) as {{ event }}_credit,
        {%- endfor %}
        asset_id,
        period
    from matches
    where match_rank = 1
    group by asset_id, period

),

final as (

    select
        assets.asset_id,
        assets.period,
        {{ needed_account('ready_for_use', "assets.is_in_service and assets.treatment = 'capitalise'") }} as service_account,
        {{ needed_account('amortization', 'assets.is_in_service') }} as expense_account,
        rules.amortization_credit as accumulated_account,
        {{ needed_account('impairment', 'assets.cost_written_off <> 0') }} as loss_account
    from assets
    left join rules on assets.asset_id = rules.asset_id and assets.period = rules.period

)

select * from final
