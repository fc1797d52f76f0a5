-- A warehouse as the build leaves it, small but with everything a statement must be right about: three months, six
-- centres of all functions, ten models, four sources, a pool, a credit, a prepaid purchase, an entity that pays in yen, and
-- one that pays nothing and bears a part of another's bill.
-- Every figure of a later table is derived from the slices of the first, so the tables tie unless a test breaks them.

create schema finance;
create schema lake;

create table entities as
from (values ('US01', 'USD', 2), ('JP01', 'JPY', 0), ('IE01', 'USD', 2)) as t(entity_id, currency, minor_units);

create table centers as
from (values ('CC100', 'Platform engineering', 'rnd', 41, 'US01'), ('CC110', 'Product engineering', 'rnd', 33, 'US01'),
    ('CC200', 'Market simulation', 'rnd', 12, 'US01'), ('CC300', 'Sales & customer success', 'sales_marketing', 8, 'US01'),
    ('CC400', 'Finance & legal', 'gna', 4, 'US01'), ('CC500', 'Production inference', 'cost_of_revenue', 22, 'US01'),
    ('JC100', 'Tokyo laboratory', 'rnd', 6, 'JP01'), ('IC100', 'Dublin support', 'cost_of_revenue', 3, 'IE01')) as t(cost_center_id, cost_center_name, function, weight, entity_id);

create table models as
from (values ('gpt-5.1', 'openai_costs', 'acme-openai', 11), ('gpt-5.1-mini', 'openai_costs', 'acme-openai', 3),
    ('o4-deep-research', 'openai_costs', 'acme-openai', 2), ('claude-opus-4-6', 'anthropic_cost_report', 'acme-anthropic', 17),
    ('claude-sonnet-4-6', 'anthropic_cost_report', 'acme-anthropic', 13), ('claude-haiku-4-5', 'anthropic_cost_report', 'acme-anthropic', 2),
    ('amazon.nova-pro', 'focus', 'acme-aws', 4), ('meta.llama4-maverick', 'focus', 'acme-aws', 1),
    ('vertex.gemini-3-pro', 'vertex_export', 'acme-gcp', 5), ('', 'vertex_export', 'acme-gcp', 1),
    ('gpt-5.1', 'openai_costs', 'acme-tokyo', 9)) as t(model, source, account, weight);

create table bearers as
from (values ('employee', 'A', 'direct', 'human_capital_capex', 6, 'coding'), ('employee', 'B', 'metered', 'human_capital_capex', 9, 'coding'),
    ('service', 'A', 'direct', 'utility_opex', 3, 'shared_ci'), ('service', 'C', 'headcount', 'utility_opex', 2, 'administration'),
    ('pool', 'E', 'pool', 'utility_opex', 1, '')) as t(bearer_type, grade, method, mgmt_class, weight, activity);

-- One slice = one share of one charge. The amount is exact and never a whole number of cents.
create table slices as
select
    row_number() over (order by p.period, m.source, m.account, m.model, c.cost_center_id, b.bearer_type, b.method) as n,
    p.period, p.first_day, m.source, m.account, nullif(m.model, '') as model, e.entity_id, e.currency, e.minor_units, b.*,
    case m.account when 'acme-tokyo' then 'JP01' else 'US01' end as payer_id,
    case when b.method = 'pool' then '(unallocated)' else c.cost_center_id end as cost_center_id,
    case when b.method = 'pool' then 'Unallocated' else c.cost_center_name end as cost_center_name,
    case when b.method = 'pool' then 'unallocated' else c.function end as function,
    cast(p.scale * m.weight * c.weight * b.weight * case when b.method = 'pool' and p.period = '2026-10' then 2 else 1 end as decimal(18, 0)) * cast(1.370000123457 as decimal(18, 12))
        * case when m.model = '' and b.method = 'direct' and b.bearer_type = 'employee' then -1 else 1 end
        + cast(0.000000000001 as decimal(18, 12)) * row_number() over (order by m.model, c.cost_center_id, b.method) as amount
from (values ('2026-08', date '2026-08-01', 3), ('2026-09', date '2026-09-01', 4), ('2026-10', date '2026-10-01', 5)) as p(period, first_day, scale)
cross join models as m
inner join centers as c on (m.account = 'acme-tokyo') = (c.entity_id = 'JP01') and (c.entity_id <> 'IE01' or m.account = 'acme-aws')
inner join entities as e on c.entity_id = e.entity_id
cross join bearers as b
where b.method <> 'pool' or c.weight > 10;

-- Cents are handed out along the slices of the entity's month, so that the slices of a line sum to the line.
create table rounded as
select *,
    case minor_units when 0 then cast(round(running, 0) - round(running - amount, 0) as decimal(28, 4))
        else cast(round(running, 2) - round(running - amount, 2) as decimal(28, 4)) end as amount_rounded
from (
    select *, sum(amount) over (partition by period, entity_id order by n) as running from slices
);

create table finance.fct_charges as
select 'L-' || period || '-' || source || '-' || account || ':' || n as charge_id, period, first_day + 4 as charge_date, source, account,
    payer_id as entity_id, left(md5(period || source || account), 16) as load_id, n as source_row, model, 'Usage' as charge_category,
    amount as billed_cost, amount as recognized_cost, currency
from rounded
union all
select 'L-prepaid', '2026-10', date '2026-10-02', 'vertex_export', 'acme-gcp', 'US01',
    left(md5('2026-10vertex_exportacme-gcp'), 16), 9999, null, 'Purchase', 25000.00, 0, 'USD';

create table finance.fct_allocations as
select 'A' || n as allocation_id, period, first_day + 4 as charge_date, source, account, entity_id, model, currency, bearer_type,
    md5(n::varchar) as bearer_id, nullif(cost_center_id, '(unallocated)') as cost_center_id, 'P-' || (n % 3) as project_id, activity, method, grade, amount, mgmt_class,
    case when method = 'pool' then 'unknown_key' end as pool_reason
from rounded;

create table finance.rpt_allocation_basis as
select period, entity_id, currency, cost_center_id, project_id, activity, bearer_type, method, grade, sum(amount) as amount
from finance.fct_allocations group by all;

create table finance.rpt_cost_statement as
select period, entity_id, currency, source, case source when 'openai_costs' then 'OpenAI' when 'anthropic_cost_report' then 'Anthropic'
        when 'focus' then 'Amazon Web Services' else 'Google Cloud' end as provider, account, model,
    cost_center_id, cost_center_name, function, bearer_type, mgmt_class,
    sum(amount) as amount, sum(amount_rounded)::decimal(28, 4) as amount_rounded
from rounded
group by all;

create table finance.rpt_unallocated as
select period, source, account, case source when 'openai_costs' then 'proj_legacy' end as sub_account_id, model,
    case when model is null then 'no_owner' when source = 'focus' then 'no_usage' else 'unknown_key' end as pool_reason,
    count(*) as charges, sum(amount) as amount, currency, min(first_day) + 4 as oldest_charge_date,
    date '2026-11-03' as as_of_date, date '2026-11-03' - (min(first_day) + 4) as age_days
from rounded where method = 'pool' group by all;

create table finance.fct_postings as
with lines as (
    select period, entity_id, payer_id, currency, function, cost_center_id, sum(amount_rounded)::decimal(28, 4) as net
    from rounded group by all
), legs as (
    select period, entity_id, currency, case function when 'rnd' then '6100' when 'sales_marketing' then '6110' when 'gna' then '6120'
        when 'unallocated' then '6180' else '5100' end as account_id, cost_center_id, function, net from lines
    union all by name
    select period, payer_id as entity_id, currency, '2110' as account_id, -sum(net) as net from lines group by all
    union all by name
    select period, payer_id as entity_id, currency, '1510' as account_id, sum(net) as net from lines where payer_id <> entity_id group by all
    union all by name
    select period, entity_id, currency, '2510' as account_id, -sum(net) as net from lines where payer_id <> entity_id group by all
), accounts as (
    from (values ('1510', 'Intercompany receivable', 'asset'), ('2110', 'Accrued AI usage', 'liability'),
        ('2510', 'Intercompany payable', 'liability'), ('5100', 'Cost of revenue - inference', 'expense'),
        ('6100', 'AI inference - R&D', 'expense'), ('6110', 'AI inference - sales and marketing', 'expense'),
        ('6120', 'AI inference - general and administrative', 'expense'), ('6180', 'AI inference - unallocated (pool)', 'expense')
    ) as t(account_id, account_name, account_type)
)
select 'JE-' || period || '-' || entity_id || '-' || currency as entry_id, entity_id, 'primary' as book, period, period as service_period,
    row_number() over (partition by period, entity_id, currency order by account_id, cost_center_id)::integer as line_no, entry_id || ':' || line_no as posting_id,
    last_day((period || '-01')::date) as posting_date, account_id, account_name, account_type, cost_center_id, function,
    greatest(net, 0)::decimal(28, 4) as debit, greatest(-net, 0)::decimal(28, 4) as credit, currency, 'accrual' as event, 'accrual' as kind, 'period_end' as cause,
    debit as functional_debit, credit as functional_credit, currency as functional_currency, null::decimal(18, 8) as fx_rate, null::varchar as project_id, null::varchar as module_id,
    null::varchar as natural_class, null::varchar as source, null::varchar as counterparty_entity_id, null::varchar as policy_hash, null::varchar as reversal_of
from legs inner join accounts using (account_id);

create table finance.fct_journal_entries as
select entry_id, entity_id, book, period, service_period, posting_date, event, kind, currency, cause, 'draft' as status,
    sum(debit) as debit_total, sum(credit) as credit_total, count(*) as lines
from finance.fct_postings group by all;

create table finance.rpt_trial_balance as
select entity_id, book, period, currency, account_id, account_name, account_type, sum(debit) as debit, sum(credit) as credit,
    sum(debit - credit) as balance
from finance.fct_postings group by all;

create table finance.rpt_classification_bridge as
select period, entity_id, currency, mgmt_class, 'expense' as us_gaap_treatment,
    case when mgmt_class = 'utility_opex' then 'SHARED_OR_RUN' when activity = 'coding' and n % 4 = 0 then 'TRAINING' else 'GATES_NOT_MET' end as reason,
    sum(amount) as amount
from rounded group by all;

create table finance.rpt_reconciliation as
select c.period, c.source, c.account, c.currency, c.charge_rows, c.billed_cost, c.recognized_cost,
    c.billed_cost - c.recognized_cost as not_recognized, s.allocated, s.pooled, s.posted_rounded,
    c.recognized_cost - s.allocated - s.pooled as difference
from (
    select period, source, account, currency, count(*) as charge_rows, sum(billed_cost) as billed_cost, sum(recognized_cost) as recognized_cost
    from finance.fct_charges group by all
) as c
inner join (
    select period, source, account, sum(amount) filter (method <> 'pool') as allocated, coalesce(sum(amount) filter (method = 'pool'), 0) as pooled,
        sum(amount_rounded) as posted_rounded
    from rounded group by all
) as s using (period, source, account);

create table lake.loads as
select left(md5(p.period || m.source || m.account), 16) as load_id, m.source, m.account, d.dataset,
    sha256(p.period || m.source || m.account || d.dataset) as sha256, 1200::bigint as rows, timestamp '2026-11-03 06:00:00' as as_of,
    p.from_day as window_from, (p.from_day + interval 1 month)::date as window_to
from (values ('2026-08', date '2026-08-01'), ('2026-09', date '2026-09-01'), ('2026-10', date '2026-10-01')) as p(period, from_day)
cross join (select distinct source, account from models) as m
cross join (values ('charges')) as d(dataset)
union all
select left(md5('usage' || p), 16), 'openai_usage_completions', 'acme-openai', 'usage', sha256('usage' || p), 48211,
    timestamp '2026-11-03 06:05:00', (p || '-01')::date, ((p || '-01')::date + interval 1 month)::date
from (values ('2026-08'), ('2026-09'), ('2026-10')) as t(p);

create table lake.coverage as
select load_id, source, account, dataset, 'charge' as window_by, window_from as day_from, window_to as day_to from lake.loads;

create table finance.rpt_exports as
with billed as (
    select period, currency, load_id, count(*) as charges, sum(billed_cost) as billed_cost from finance.fct_charges group by all
), touched as (
    select period, entity_id, currency, source, account from finance.fct_charges union
    select period, entity_id, currency, source, account from finance.fct_allocations
)
select distinct t.period, t.entity_id, t.currency, l.dataset, l.source, l.account, l.load_id, l.sha256, l.window_from, l.window_to,
    l.as_of, coalesce(b.charges, l.rows) as rows, b.billed_cost,
    case when b.charges > 0 then 'cost' else 'use' end as contributes, null::varchar as stated_by
from touched as t
inner join lake.loads as l on t.account = l.account and l.window_from = (t.period || '-01')::date
left join billed as b on t.period = b.period and t.currency = b.currency and l.load_id = b.load_id
where l.dataset <> 'charges' or b.charges > 0;

create table finance.rpt_period_amounts as
select period, entity_id, currency,
    coalesce(sum(debit - credit) filter (function <> 'unallocated'), 0)::decimal(28, 4) as attributed,
    coalesce(sum(debit - credit) filter (function = 'unallocated'), 0)::decimal(28, 4) as pool,
    0::decimal(28, 4) as adjusted, 0::decimal(28, 4) as posted, attributed + pool as draft, attributed + pool as total
from finance.fct_postings where function is not null group by period, entity_id, currency;

create schema company;
create table company.entities as
from (values ('US01', 'Acme Robotics, Inc.', 'USD'), ('JP01', 'Acme Robotics K.K.', 'JPY'),
    ('IE01', 'Acme Robotics Ireland Ltd', 'EUR')) as t(entity_id, name, functional_currency);

-- An account within its tolerance, one outside, one with use of a model that no price is known for, one without use.
create table finance.rpt_expected_billed as
with billed as (
    select *, row_number() over (partition by period order by source) as n from (
        select period, source, account, currency, sum(amount) as amount
        from rounded where currency = 'USD' group by period, source, account, currency
    )
)
select period, 'US01' as entity_id, source, account, currency, amount as billed_cost, amount as billed_tokens,
    case n when 1 then amount + 1.25 when 2 then amount - 950.5 when 3 then 12.34 end::decimal(38, 12) as expected_cost,
    case when n <= 2 then case n when 1 then 1.25 else -950.5 end end::decimal(38, 12) as difference,
    case when n <= 2 then 300 end::decimal(38, 12) as tolerance, case when n <= 3 then 1000000 else 0 end::decimal(38, 0) as quantity,
    case n when 3 then 4321000 else 0 end::decimal(38, 0) as unpriced_quantity, case n when 3 then 'nova-lite;nova-pro' else '' end as unpriced_models,
    case n when 1 then 'agreement;list' when 2 then 'list' when 3 then 'list;unpriced' end as price_basis,
    case n when 2 then 'shortest_context' when 3 then 'unknown_model' end as price_notes,
    case n when 1 then 'within' when 2 then 'outside' when 3 then 'unpriced_usage' else 'no_usage' end as status
from billed;
