with

charges as (select * from {{ source('lake', 'charges') }}),
coverage as (select * from {{ source('lake', 'coverage') }}),
build_periods as (select * from {{ source('lake', 'build_periods') }}),
overridden as (select distinct charge_id from {{ ref('stg_manual_overrides') }}),

-- Of several statements about one day the newest counts: a row lives while a piece of its load's coverage holds its day.
current_charges as (

    select charges.*, overridden.charge_id as override_key
    from charges
    inner join build_periods on charges.period = build_periods.period
    inner join coverage
        on
            charges.x_LoadId = coverage.load_id
            and coverage.dataset = 'charges'
            and {{ counted_on('charges', 'coverage') }} >= coverage.day_from
            and {{ counted_on('charges', 'coverage') }} < coverage.day_to
    left join overridden on charges.x_LoadId || ':' || cast(charges.x_SourceRow as string) = overridden.charge_id

),

renamed as (

    select
        ---------- ids
        x_LoadId || ':' || cast(x_SourceRow as string) as charge_id,
        x_LoadId as load_id,
        x_SourceRow as source_row,
        x_Source as source,
        x_Account as account,
        SubAccountId as sub_account_id,
        x_CredentialId as credential_id,
        x_PrincipalId as principal_id,
        x_ConsumerId as consumer_id,
        override_key,
        ---------- what
        ServiceName as service_name,
        x_Model as model,
        x_TokenClass as token_class,
        x_ServiceTier as service_tier,
        x_ContextWindow as context_window,
        x_Activity as activity,
        Tags as tags,
        ChargeCategory as charge_category,
        coalesce(ChargeCategory in ({{ texts(var('overhead_categories')) }}), false) as is_overhead,
        ChargeClass as charge_class,
        ChargeDescription as charge_description,
        ---------- when
        period,
        cast(ChargePeriodStart as date) as service_date,
        cast(BillingPeriodStart as date) as billing_date,
        -- the first day after a charge for more than one day, such as a seat; null for all others
        {{ when_longer_than_a_day('ChargePeriodStart', 'ChargePeriodEnd') }} as seat_end,
        ---------- money and quantity
        BillingCurrency as currency,
        BilledCost as billed_cost,
        EffectiveCost as effective_cost,
        ListCost as list_cost,
        coalesce(ConsumedQuantity, PricingQuantity) as quantity,
        coalesce(ConsumedUnit, PricingUnit) as unit,
        -- What people and centres bear: a prepaid purchase states EffectiveCost 0, its draw-down the cost.
        coalesce(EffectiveCost, BilledCost) as stated_cost,
        coalesce(ChargeCategory = 'Purchase' and EffectiveCost = 0 and BilledCost <> 0, false) as prepaid
    from current_charges

),

final as (

    select
        *,
        {{ row_key(var('identity_columns') + ['model', 'token_class', 'service_tier', 'context_window']
            + var('charge_columns')) }} as case_id
    from renamed

)

select * from final
