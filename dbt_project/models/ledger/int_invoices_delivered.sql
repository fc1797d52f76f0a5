{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each invoice with the one delivery of it that counts, the newest. An invoice is a document: delivered again alike it is
-- the same one; with other lines, or for another account, it stops the build, unless it says that it replaces itself.
with

lines as (select * from {{ ref('stg_invoices') }}),

deliveries as (

    select
        invoice_issuer,
        invoice_id,
        account,
        load_id,
        as_of,
        max(reference_invoice_id) as reference_invoice_id,
        {{ sha256_hex(sorted_texts(
            "concat_ws('|', line_no, billing_period, cast(issue_date as string), charge_category, "
            ~ "cast(amount as string), currency)"
        )) }} as content_hash
    from lines
    group by invoice_issuer, invoice_id, account, load_id, as_of

),

ranked as (

    select
        *,
        row_number() over (
            partition by invoice_issuer, invoice_id order by as_of desc, load_id desc
        ) as place,
        lead(load_id) over (partition by invoice_issuer, invoice_id order by as_of desc, load_id desc) as before_load_id,
        lead(content_hash) over (
            partition by invoice_issuer, invoice_id order by as_of desc, load_id desc
        ) as before_hash,
        min(account) over (partition by invoice_issuer, invoice_id) as first_account,
        max(account) over (partition by invoice_issuer, invoice_id) as last_account
    from deliveries

),

final as (

    select
        invoice_issuer,
        invoice_id,
        load_id,
        case
            when first_account <> last_account
                then
                    {{ stop_with(
                        "'invoice ' || invoice_id || ' of ' || invoice_issuer || ' was delivered for the accounts '"
                        ~ " || first_account || ' and ' || last_account || ' (INV-19): an invoice belongs to one; '"
                        ~ " || 'remove the load that is wrong'"
                    ) }}
            when before_hash <> content_hash and coalesce(reference_invoice_id, '') <> invoice_id
                then
                    {{ stop_with(
                        "'invoice ' || invoice_id || ' of ' || invoice_issuer || ' was delivered twice with other lines, '"
                        ~ " || 'in loads ' || before_load_id || ' and ' || load_id || ' (INV-19): deliver the right one '"
                        ~ " || 'again with its own id in reference_invoice_id, or give the second its own number'"
                    ) }}
            else account
        end as account
    from ranked
    where place = 1

)

select * from final
