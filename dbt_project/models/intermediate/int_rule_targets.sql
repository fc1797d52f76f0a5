-- The cost centres that an allocation rule names, with their weights in millionths: `CC1:2;CC2:1`.
with

rules as (select * from {{ ref('stg_allocation_rules') }}),

pieces as (

    select
        rule_version,
        {{ rows_of_text('targets', "';'") }} as piece
    from rules
    where targets is not null

),

final as (

    select
        rule_version,
        trim(split_part(piece, ':', 1)) as cost_center_id,
        cast(cast(coalesce(nullif(trim(split_part(piece, ':', 2)), ''), '1') as decimal(18, 6)) * 1000000 as bigint)
            as weight
    from pieces
    where trim(piece) <> ''

)

select * from final
