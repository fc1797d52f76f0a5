{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each rounded line with the accounts that the posting rules give it; a line without a rule stops the build.
with

lines as (

    select
        rounded.*,
        {{ day_before('build_periods.end_date') }} as period_end
    from {{ ref('int_lines_rounded') }} as rounded
    inner join {{ ref('stg_build_periods') }} as build_periods on rounded.period = build_periods.period

),

posting_rules as (select * from {{ ref('stg_posting_rules') }}),

final as (

    select
        lines.*,
        lines.entity_id <> lines.paying_entity_id as is_charged_back,
        case
            when accrual.debit_account is not null then accrual.debit_account
            else
                {{ stop_with(
                    "'posting_rules.csv: add a rule for event accrual, treatment expense, function '"
                    ~ " || coalesce(lines.function, '(none)') || ', valid on ' || cast(lines.period_end as string)"
                ) }}
        end as expense_account,
        accrual.credit_account as liability_account,
        case
            when lines.entity_id = lines.paying_entity_id or chargeback.debit_account is not null
                then chargeback.debit_account
            else
                {{ stop_with(
                    "'posting_rules.csv: add a rule for event chargeback, needed between ' || lines.paying_entity_id"
                    ~ " || ' and ' || lines.entity_id || ', valid on ' || cast(lines.period_end as string)"
                ) }}
        end as receivable_account,
        chargeback.credit_account as payable_account
    from lines
    left join posting_rules as accrual
        on
            accrual.event = 'accrual'
            and accrual.treatment = 'expense'
            and lines.function = accrual.function
            and {{ holds_on('accrual', 'lines.period_end') }}
    left join posting_rules as chargeback
        on
            chargeback.event = 'chargeback'
            and chargeback.function is null
            and {{ holds_on('chargeback', 'lines.period_end') }}

)

select * from final
