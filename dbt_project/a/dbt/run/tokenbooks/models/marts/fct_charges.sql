
    
      
    

    create  table
      "w"."finance"."fct_charges"
  
  (
    charge_id TEXT not null,
    period TEXT not null,
    charge_date date not null,
    source TEXT not null,
    account TEXT not null,
    entity_id TEXT not null,
    load_id TEXT not null,
    source_row bigint not null,
    sub_account_id TEXT,
    service_name TEXT,
    model TEXT,
    token_class TEXT,
    service_tier TEXT,
    context_window TEXT,
    charge_category TEXT,
    charge_class TEXT,
    charge_description TEXT,
    billed_cost decimal(28, 12),
    effective_cost decimal(28, 12),
    recognized_cost decimal(28, 12) not null,
    list_cost decimal(28, 12),
    quantity decimal(28, 12),
    unit TEXT,
    currency TEXT not null,
    billing_period TEXT
    
    )
 ;
    
    
    insert into "w"."finance"."fct_charges" 
  (
    
      
      
      charge_id ,
    
      
      
      period ,
    
      
      
      charge_date ,
    
      
      
      source ,
    
      
      
      account ,
    
      
      
      entity_id ,
    
      
      
      load_id ,
    
      
      
      source_row ,
    
      
      
      sub_account_id ,
    
      
      
      service_name ,
    
      
      
      model ,
    
      
      
      token_class ,
    
      
      
      service_tier ,
    
      
      
      context_window ,
    
      
      
      charge_category ,
    
      
      
      charge_class ,
    
      
      
      charge_description ,
    
      
      
      billed_cost ,
    
      
      
      effective_cost ,
    
      
      
      recognized_cost ,
    
      
      
      list_cost ,
    
      
      
      quantity ,
    
      
      
      unit ,
    
      
      
      currency ,
    
      
      
      billing_period 
    
  )
 (
      
    select charge_id, period, charge_date, source, account, entity_id, load_id, source_row, sub_account_id, service_name, model, token_class, service_tier, context_window, charge_category, charge_class, charge_description, billed_cost, effective_cost, recognized_cost, list_cost, quantity, unit, currency, billing_period
    from (
        -- Every charge line that counts, as billed; without names, e-mails, tags or principals.
with

charges as (

    select * from "w"."staging"."stg_charges"

),

accounts as (

    select * from "w"."intermediate"."int_accounts_owned"

),

final as (

    select
        ---------- ids
        charges.charge_id,
        charges.period,
        charges.service_date as charge_date,
        charges.source,
        charges.account,
        accounts.entity_id,
        charges.load_id,
        charges.source_row,
        charges.sub_account_id,

        ---------- what
        charges.service_name,
        charges.model,
        charges.token_class,
        charges.service_tier,
        charges.context_window,
        charges.charge_category,
        charges.charge_class,
        charges.charge_description,

        ---------- money and quantity
        charges.billed_cost,
        charges.effective_cost,
        charges.recognized_cost,
        charges.list_cost,
        charges.quantity,
        charges.unit,
        charges.currency,
        substr(cast(charges.billing_date as string), 1, 7) as billing_period
    from charges
    left join accounts on charges.source = accounts.source and charges.account = accounts.account

)

select * from final
    ) as model_subq
    );
  
  