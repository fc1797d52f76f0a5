{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each line of cost with the accounts that the posting rules give it; a line without a rule stops the build.
with

lines as (select * from {{ ref('int_costs_lined') }}),
posting_rules as (select * from {{ ref('stg_posting_rules') }}),

policies as (

    select distinct
        {{ policy_alone(decided_by('statutory_policies', 'null')) }} as policy,
        policy_hash
    from {{ ref('stg_statutory_policies') }} as statutory_policies

),

-- A rule for the line's function goes before one for any function.
matches as (

    select
        lines.line_id,
        posting_rules.debit_account,
        posting_rules.credit_account,
        row_number() over (
            partition by lines.line_id order by case when posting_rules.function is null then 1 else 0 end
        ) as match_rank
    from lines
    inner join posting_rules
        on
            lines.event = posting_rules.event
            and lines.treatment = posting_rules.treatment
            and (posting_rules.function is null or lines.function = posting_rules.function)
            and {{ holds_on('posting_rules', 'lines.period_end') }}

),

final as (

    select
        lines.*,
        policies.policy_hash,
        case
            when matches.debit_account is not null then matches.debit_account
            else
                {{ stop_with(
                    "'posting_rules.csv: add a rule for event ' || lines.event || ', treatment ' || lines.treatment"
                    ~ " || ', function ' || coalesce(lines.function, '(none)') || ', valid on '"
                    ~ " || cast(lines.period_end as string)"
                ) }}
        end as debit_account,
        matches.credit_account,
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
    left join matches on lines.line_id = matches.line_id and matches.match_rank = 1
    left join policies on lines.policy = policies.policy
    left join posting_rules as chargeback
        on
            chargeback.event = 'chargeback'
            and chargeback.treatment is distinct from 'internal'
            and chargeback.function is null
            and {{ holds_on('chargeback', 'lines.period_end') }}

)

select * from final
