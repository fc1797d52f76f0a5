-- What metered use should cost: tokens at the price agreed, else at the public list price of the day in dollars; never 0 for
-- want of a price. An agreement for the context window goes before one for any. Use not split by the length of its requests
-- has the price of the shortest, and says so; a price that holds for hours is none of a day.
with

uses as (select * from {{ ref('int_usage_billed') }}),
prices as (select * from {{ ref('stg_prices') }}),
price_agreements as (select * from {{ ref('stg_price_agreements') }}),
known_models as (select distinct model from prices),

matched as (

    select
        uses.*,
        coalesce(of_window.unit_price, of_any.unit_price) as agreed_price,
        coalesce(of_window.unit_quantity, of_any.unit_quantity) as agreed_quantity,
        coalesce(of_window.currency, of_any.currency) as agreed_currency,
        coalesce(of_window.valid_from, of_any.valid_from) as agreed_from,
        case when uses.unit = 'tokens' and not prices.by_hour then prices.unit_price end as list_price,
        prices.unit_picos as list_picos,
        prices.by_hour,
        case when prices.context_to < coalesce(uses.context_to, prices.context_to + 1) then 'shortest_context' end as list_note,
        case when prices.valid_from > date '1970-01-01' then prices.valid_from end as list_from,
        known_models.model is not null as is_known
    from uses
    left join price_agreements as of_window
        on {{ agreed('of_window', 'uses') }} and uses.context_window = of_window.context_window
    left join price_agreements as of_any
        on {{ agreed('of_any', 'uses') }} and of_any.context_window is null
    left join prices
        on
            {{ alike('uses', 'prices', ['model', 'token_class', 'priced_tier']) }}
            and {{ holds_on('prices', 'uses.service_date') }}
            and coalesce(uses.context_from, 0) >= prices.context_from
            and coalesce(uses.context_from, 0) < coalesce(prices.context_to, 999999999999999)
    left join known_models on uses.model = known_models.model

),

based as (

    select
        *,
        case when agreed_price is not null then 'agreement' when list_price is not null then 'list' else 'unpriced' end
            as price_basis,
        coalesce(agreed_price, list_price) as unit_price,
        case when agreed_price is not null then agreed_quantity when list_price is not null then 1 end as unit_quantity
    from matched

),

final as (

    select
        source,
        account,
        metered,
        usage_source,
        usage_account,
        period,
        service_date,
        model,
        token_class,
        service_tier,
        context_window,
        unit,
        quantity,
        price_basis,
        unit_quantity,
        unit_price,
        {{ price_note() }} as price_note,
        case price_basis when 'agreement' then agreed_from when 'list' then list_from end as price_from,
        case price_basis when 'agreement' then agreed_currency when 'list' then 'USD' end as currency,
        {{ expected_picos() }} as expected_picos
    from based

)

select * from final
