{{ config(materialized='table') }}

-- Three ways to the same figure, per account and billing period: what use would cost, what the export bills, what the
-- invoice says (accounting.md section 2.11, INV-19). Billed and invoiced differ by rounding at most, or the month stays open.
with

matched as (select * from {{ ref('int_bills_matched') }}),
currencies as (select * from {{ ref('stg_currencies') }}),
settings as (select * from {{ ref('stg_settings') }}),
sources as (select * from {{ ref('stg_sources') }}),

measured as (

    select
        matched.*,
        matched.billed - (matched.invoiced - matched.tax_not_billed) as billed_less_invoiced,
        matched.used_cost - matched.billed as used_less_billed,
        {{ from_picos(whole_quotient(
            '(' ~ picos_in_minor_unit('currencies.minor_units') ~ ') * (matched.invoice_lines + 1)', 2
        )) }} as invoice_tolerance,
        {{ usage_tolerance('matched.billed') }} as usage_tolerance
    from matched
    cross join settings
    left join sources on matched.source = sources.source
    left join currencies on matched.currency = currencies.currency

),

judged as (

    select
        *,
        billed is not null and invoiced is not null and abs(billed_less_invoiced) <= invoice_tolerance as is_as_billed,
        used_cost is null or billed is null or abs(used_less_billed) <= usage_tolerance as is_as_used
    from measured

),

final as (

    select
        period,
        entity_id,
        source,
        account,
        currency,
        used_cost,
        cast(billed as decimal(38, 12)) as billed_cost,
        cast(invoiced as decimal(38, 12)) as invoiced_amount,
        cast(tax_not_billed as decimal(38, 12)) as tax_not_billed,
        cast(coalesce(invoices, 0) as bigint) as invoices,
        cast(coalesce(invoice_lines, 0) as bigint) as invoice_lines,
        cast(billed_less_invoiced as decimal(38, 12)) as billed_less_invoiced,
        cast(invoice_tolerance as decimal(38, 12)) as invoice_tolerance,
        cast(used_less_billed as decimal(38, 12)) as used_less_billed,
        cast(usage_tolerance as decimal(38, 12)) as usage_tolerance,
        case
            when invoiced is null or billed is null then 'unmatched'
            when not (is_as_billed and is_as_used) then 'disputed'
            when coalesce(used_less_billed, 0) = 0 then 'matched'
            else 'matched_with_tolerance'
        end as status,
        invoiced is not null and not is_as_billed as blocks_close
    from judged

)

select * from final
