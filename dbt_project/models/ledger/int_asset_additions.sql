{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What was added to each asset in a posting period, in the entity's currency: lines of cost on an account for software in
-- progress or for implementation. A correction of a closed month adds when it is booked (accounting.md EX-14).
with

lines as (

    select * from {{ ref('int_lines_costs') }}
    where {{ in_build_periods() }}

),

settings as (select * from {{ ref('stg_settings') }}),
tax_additions as (select * from {{ ref('int_tax_additions') }}),

capitalising as (

    select distinct
        debit_account as account_id,
        case treatment when 'capitalise' then 'internal_use_software' else 'cca_implementation' end as asset_class
    from {{ ref('stg_posting_rules') }}
    where event in ('accrual', 'drawdown') and treatment in ('capitalise', 'capitalise_cca_impl')

),

booked as (

    select
        settings.book,
        capitalising.asset_class,
        lines.entity_id,
        lines.project_id,
        lines.module_id,
        cast(null as string) as tax_year,
        lines.account_id,
        lines.functional_currency as currency,
        lines.period,
        sum(lines.functional_amount) as added
    from lines
    inner join capitalising on lines.account_id = capitalising.account_id
    cross join settings
    group by
        settings.book, capitalising.asset_class, lines.entity_id, lines.project_id, lines.module_id, lines.account_id,
        lines.functional_currency, lines.period

),

additions as (

    select * from booked
    union all
    select * from tax_additions

),

final as (

    select
        concat_ws(
            '/', book, asset_class, account_id, tax_year, entity_id, coalesce(project_id, '-'), coalesce(module_id, '-'),
            currency
        ) as asset_id,
        book,
        asset_class,
        entity_id,
        project_id,
        module_id,
        tax_year,
        account_id,
        currency,
        period,
        cast(added as decimal(28, 4)) as added
    from additions

)

select * from final
