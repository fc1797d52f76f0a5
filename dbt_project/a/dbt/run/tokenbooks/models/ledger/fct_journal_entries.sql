
    
      
    

    create  table
      "w"."finance"."fct_journal_entries"
  
  (
    entry_id TEXT not null,
    entity_id TEXT not null,
    book TEXT not null,
    period TEXT not null,
    service_period TEXT not null,
    posting_date date not null,
    kind TEXT not null,
    currency TEXT not null,
    cause TEXT not null,
    debit_total decimal(28, 4) not null,
    credit_total decimal(28, 4) not null,
    lines bigint not null
    
    )
 ;
    
    
    insert into "w"."finance"."fct_journal_entries" 
  (
    
      
      
      entry_id ,
    
      
      
      entity_id ,
    
      
      
      book ,
    
      
      
      period ,
    
      
      
      service_period ,
    
      
      
      posting_date ,
    
      
      
      kind ,
    
      
      
      currency ,
    
      
      
      cause ,
    
      
      
      debit_total ,
    
      
      
      credit_total ,
    
      
      
      lines 
    
  )
 (
      
    select entry_id, entity_id, book, period, service_period, posting_date, kind, currency, cause, debit_total, credit_total, lines
    from (
        -- One period-end accrual per entity, book, period and currency; its id follows from its lines, so a re-run is the same entry.
with

legs as (

    select * from "w"."intermediate"."int_legs"

),

settings as (

    select * from "w"."staging"."stg_settings"

),

entries as (

    select
        period,
        period_end,
        currency,
        entity_id,
        cast(sum(case when amount > 0 then amount else 0 end) as decimal(28, 4)) as debit_total,
        cast(sum(case when amount < 0 then -amount else 0 end) as decimal(28, 4)) as credit_total,
        cast(count(*) as bigint) as lines,
        array_to_string(list_sort(list(concat_ws(':', account_id, coalesce(cost_center_id, ''), coalesce(function, ''), coalesce(counterparty_entity_id, ''), cause, cast(amount as string)))), ';') as lines_text
    from legs
    group by period, period_end, currency, entity_id

),

final as (

    select
        sha256(concat_ws('|', settings.book, entries.entity_id, entries.period, 'accrual', entries.currency, sha256(entries.lines_text))) as entry_id,
        entries.entity_id,
        settings.book,
        entries.period,
        entries.period as service_period,
        entries.period_end as posting_date,
        'accrual' as kind,
        entries.currency,
        'period_end_accrual' as cause,
        entries.debit_total,
        entries.credit_total,
        entries.lines
    from entries
    cross join settings

)

select * from final
    ) as model_subq
    );
  
  