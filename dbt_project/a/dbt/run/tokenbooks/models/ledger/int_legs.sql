
    

    create  table
      "w"."intermediate"."int_legs__dbt_tmp"
  
    
    as (
      

-- The legs of each entity's accrual: expense where the cost is borne, the liability where the bill is owed, and
-- between two entities a receivable and a payable, so that each balances alone. Debits are positive.
with

lines as (

    select
        rounded.*,
        cast(build_periods.end_date - 1 as date) as period_end
    from "w"."intermediate"."int_lines_rounded" as rounded
    inner join "w"."staging"."stg_build_periods" as build_periods on rounded.period = build_periods.period

),

posting_rules as (

    select * from "w"."staging"."stg_posting_rules"

),

ruled as (

    select
        lines.*,
        case
            when accrual.debit_account is null
                then error('posting_rules.csv: no rule for event accrual, treatment expense, function ' || coalesce(lines.function, '(none)') || ' on ' || cast(lines.period_end as string))
            else accrual.debit_account
        end as expense_account,
        accrual.credit_account as liability_account,
        case
            when lines.entity_id <> lines.paying_entity_id and chargeback.debit_account is null
                then error('posting_rules.csv: no rule for event chargeback, needed between ' || lines.paying_entity_id || ' and ' || lines.entity_id)
            else chargeback.debit_account
        end as receivable_account,
        chargeback.credit_account as payable_account
    from lines
    left join posting_rules as accrual
        on
            accrual.event = 'accrual'
            and accrual.treatment = 'expense'
            and lines.function = accrual.function
            and (lines.period_end >= accrual.valid_from and (accrual.valid_to is null or lines.period_end < accrual.valid_to))
    left join posting_rules as chargeback
        on
            chargeback.event = 'chargeback'
            and chargeback.function is null
            and (lines.period_end >= chargeback.valid_from and (chargeback.valid_to is null or lines.period_end < chargeback.valid_to))

),

legs as (

    select
        period, period_end, currency, entity_id, expense_account as account_id, cost_center_id, function,
        case when entity_id <> paying_entity_id then paying_entity_id end as counterparty_entity_id,
        case when entity_id <> paying_entity_id then 'chargeback' else 'accrual' end as cause,
        rounded_amount as amount
    from ruled

    union all

    select
        period, period_end, currency, paying_entity_id as entity_id, liability_account as account_id,
        cast(null as string) as cost_center_id, cast(null as string) as function,
        cast(null as string) as counterparty_entity_id, 'accrual' as cause,
        -rounded_amount as amount
    from ruled

    union all

    select
        period, period_end, currency, paying_entity_id as entity_id, receivable_account as account_id,
        cast(null as string) as cost_center_id, cast(null as string) as function,
        entity_id as counterparty_entity_id, 'chargeback' as cause,
        rounded_amount as amount
    from ruled
    where entity_id <> paying_entity_id

    union all

    select
        period, period_end, currency, entity_id, payable_account as account_id,
        cast(null as string) as cost_center_id, cast(null as string) as function,
        paying_entity_id as counterparty_entity_id, 'chargeback' as cause,
        -rounded_amount as amount
    from ruled
    where entity_id <> paying_entity_id

),

final as (

    select
        period,
        period_end,
        currency,
        entity_id,
        account_id,
        cost_center_id,
        function,
        counterparty_entity_id,
        cause,
        cast(sum(amount) as decimal(28, 4)) as amount
    from legs
    group by period, period_end, currency, entity_id, account_id, cost_center_id, function, counterparty_entity_id, cause
    having sum(amount) <> 0

)

select * from final
    );
    
  