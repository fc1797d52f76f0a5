
    
      
    

    create  table
      "w"."finance"."rpt_cost_statement"
  
  (
    period TEXT not null,
    entity_id TEXT not null,
    currency TEXT not null,
    source TEXT not null,
    provider TEXT,
    account TEXT not null,
    model TEXT,
    cost_center_id TEXT not null,
    cost_center_name TEXT,
    function TEXT not null,
    bearer_type TEXT not null,
    mgmt_class TEXT not null,
    amount decimal(38, 12) not null,
    amount_rounded decimal(28, 4) not null
    
    )
 ;
    
    
    insert into "w"."finance"."rpt_cost_statement" 
  (
    
      
      
      period ,
    
      
      
      entity_id ,
    
      
      
      currency ,
    
      
      
      source ,
    
      
      
      provider ,
    
      
      
      account ,
    
      
      
      model ,
    
      
      
      cost_center_id ,
    
      
      
      cost_center_name ,
    
      
      
      function ,
    
      
      
      bearer_type ,
    
      
      
      mgmt_class ,
    
      
      
      amount ,
    
      
      
      amount_rounded 
    
  )
 (
      
    select period, entity_id, currency, source, provider, account, model, cost_center_id, cost_center_name, function, bearer_type, mgmt_class, amount, amount_rounded
    from (
        -- What AI cost, by who bears it: exact, and in minor units that sum to the journal in any grouping.
with

costs as (

    select
        totaled.*,
        lines.minor_unit_picos,
        lines.rounded_units as line_units
    from "w"."intermediate"."int_costs_totaled" as totaled
    inner join "w"."intermediate"."int_lines_rounded" as lines on totaled.line_id = lines.line_id

),

sources as (

    select * from "w"."staging"."stg_sources"

),

rounded as (

    select
        costs__ranked.*,
        group_sign * (floored_units + case when remainder_rank <= left_over then 1 else 0 end) as rounded_units
    from (
        select
            costs__floored.*,
            group_sign * group_units - sum(floored_units) over (partition by line_id) as left_over,
            row_number() over (partition by line_id order by remainder desc, row_order asc) as remainder_rank
        from (
            select
                costs__signed.*,
                ((((group_sign * line_picos) % (minor_unit_picos)) + (minor_unit_picos)) % (minor_unit_picos)) as remainder,
                (cast(group_sign * line_picos - ((((group_sign * line_picos) % (minor_unit_picos)) + (minor_unit_picos)) % (minor_unit_picos)) as hugeint) // cast(minor_unit_picos as hugeint))
                    as floored_units
            from (
                select
                    costs__summed.*,
                    case when coalesce(nullif(group_picos, 0), first_picos, 0) < 0 then -1 else 1 end as group_sign,
                    line_units as group_units
                from (
                    select
                        costs.*,
                        cast((amount) * 1000000000000 as hugeint) as line_picos,
                        sum(cast((amount) * 1000000000000 as hugeint)) over (partition by line_id) as group_picos,
                        min_by(cast((amount) * 1000000000000 as hugeint), case when amount <> 0 then row_order end)
                            over (partition by line_id) as first_picos
                    from costs
                ) as costs__summed
            ) as costs__signed
        ) as costs__floored
    ) as costs__ranked

),

final as (

    select
        rounded.period,
        rounded.entity_id,
        rounded.currency,
        rounded.source,
        sources.provider,
        rounded.account,
        rounded.model,
        rounded.statement_center_id as cost_center_id,
        rounded.cost_center_name,
        rounded.function,
        rounded.bearer_type,
        rounded.mgmt_class,
        rounded.amount,
        cast(cast(cast(rounded.rounded_units * rounded.minor_unit_picos as decimal(38, 0)) * 0.000000000001 as decimal(38, 12)) as decimal(28, 4)) as amount_rounded
    from rounded
    left join sources on rounded.source = sources.source

)

select * from final
    ) as model_subq
    );
  
  