-- Metered use by owner, in tokens and in value at list price, for each cost source that it drives.
with

usage_totals as (select * from {{ ref('int_usage_totals') }}),
identities as (select * from {{ ref('int_identities_owned') }}),
drivers as (select * from {{ ref('stg_drivers') }}),
prices as (select * from {{ ref('stg_prices') }}),

-- Use that nobody owns keeps its share: it goes to the pool, it is never dropped.
owned as (

    select
        drivers.cost_source as source,
        drivers.cost_account as account,
        usage_totals.service_date,
        -- a gateway's teams are not the workspaces of a bill
        case when drivers.is_elsewhere then '(none)' else coalesce(usage_totals.sub_account_id, '(none)') end
            as sub_account_id,
        coalesce(usage_totals.model, '(none)') as model,
        coalesce(usage_totals.token_class, '(none)') as token_class,
        coalesce(usage_totals.service_tier, '(none)') as service_tier,
        coalesce(usage_totals.context_window, '(none)') as context_window,
        coalesce(usage_totals.unit, '(none)') as unit,
        case when identities.owner_type is null or identities.owner_type = 'pool' then 'pool' else identities.owner_type end
            as owner_type,
        case
            when identities.owner_type is null or identities.owner_type = 'pool' then 'unowned_usage'
            else identities.owner_id
        end as owner_id,
        identities.project_id,
        identities.project_grade,
        identities.activity,
        identities.tagged_workload,
        identities.tagged_cost_center_id,
        usage_totals.quantity,
        cast(usage_totals.quantity as {{ wide_integer() }})
        * cast({{ to_picos('prices.unit_price') }} as {{ wide_integer() }}) as value_picos
    from usage_totals
    inner join identities on usage_totals.identity_id = identities.identity_id
    inner join drivers on usage_totals.source = drivers.usage_source and usage_totals.account = drivers.usage_account
    left join prices
        on
            usage_totals.model = prices.model
            and usage_totals.token_class = prices.token_class
            and prices.weighs
            and {{ holds_on('prices', 'usage_totals.service_date') }}

),

final as (

    select
        source,
        account,
        service_date,
        sub_account_id,
        model,
        token_class,
        service_tier,
        context_window,
        unit,
        owner_type,
        owner_id,
        project_id,
        project_grade,
        activity,
        tagged_workload,
        tagged_cost_center_id,
        {{ row_key(var('owner_columns')) }} as owner_key,
        cast(sum(quantity) as {{ wide_integer() }}) as tokens,
        sum(value_picos) as value_picos,
        bool_and(value_picos is not null) as is_priced
    from owned
    group by
        source, account, service_date, sub_account_id, model, token_class, service_tier, context_window, unit,
        owner_type, owner_id, project_id, project_grade, activity, tagged_workload, tagged_cost_center_id

)

select * from final
