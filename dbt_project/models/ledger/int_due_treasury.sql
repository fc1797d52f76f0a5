{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of invoices, purchases of credit, breakage and settlement. Nothing yet.
with

final as (

    {{ no_lines(var('due_columns')) }}

)

select * from final
