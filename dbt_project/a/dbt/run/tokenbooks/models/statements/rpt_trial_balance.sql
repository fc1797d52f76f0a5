
    
      
    

    create  table
      "w"."finance"."rpt_trial_balance"
  
  (
    entity_id TEXT not null,
    book TEXT not null,
    period TEXT not null,
    currency TEXT not null,
    account_id TEXT not null,
    account_name TEXT,
    account_type TEXT,
    debit decimal(28, 4) not null,
    credit decimal(28, 4) not null,
    balance decimal(28, 4) not null
    
    )
 ;
    
    
    insert into "w"."finance"."rpt_trial_balance" 
  (
    
      
      
      entity_id ,
    
      
      
      book ,
    
      
      
      period ,
    
      
      
      currency ,
    
      
      
      account_id ,
    
      
      
      account_name ,
    
      
      
      account_type ,
    
      
      
      debit ,
    
      
      
      credit ,
    
      
      
      balance 
    
  )
 (
      
    select entity_id, book, period, currency, account_id, account_name, account_type, debit, credit, balance
    from (
        -- Debits and credits per account; every entity's column sums to nothing.
with

postings as (

    select * from "w"."finance"."fct_postings"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

final as (

    select
        entity_id,
        book,
        period,
        currency,
        account_id,
        account_name,
        account_type,
        cast(sum(debit) as decimal(28, 4)) as debit,
        cast(sum(credit) as decimal(28, 4)) as credit,
        cast(sum(debit) - sum(credit) as decimal(28, 4)) as balance
    from postings
    group by entity_id, book, period, currency, account_id, account_name, account_type

)

select * from final
    ) as model_subq
    );
  
  