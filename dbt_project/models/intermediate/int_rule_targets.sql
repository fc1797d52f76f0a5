-- What an allocation rule names, with weights in millionths: cost centres, or services that step down: `CC1:2;SVC:1`.
with

rules as (select * from {{ ref('stg_allocation_rules') }}),

services as (

    select distinct service_id from {{ ref('stg_services') }}

),

pieces as (

    select
        rule_version,
        {{ rows_of_text('targets', "';'") }} as piece
    from rules
    where targets is not null

),

named as (

    select
        rule_version,
        trim(split_part(piece, ':', 1)) as target_id,
        cast(cast(coalesce(nullif(trim(split_part(piece, ':', 2)), ''), '1') as decimal(18, 6)) * 1000000 as bigint)
            as weight
    from pieces
    where trim(piece) <> ''

),

final as (

    select
        named.rule_version,
        case when services.service_id is null then named.target_id end as cost_center_id,
        services.service_id,
        named.weight
    from named
    left join services on named.target_id = services.service_id

)

select * from final
