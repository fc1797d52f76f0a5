{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of software placed in service, its amortisation and impairment. Nothing yet.
with

final as (

    {{ no_lines(var('due_columns')) }}

)

select * from final
