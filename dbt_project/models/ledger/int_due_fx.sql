{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of monetary accounts in foreign currency at the closing rate. Nothing yet.
with

final as (

    {{ no_lines(var('due_columns')) }}

)

select * from final
