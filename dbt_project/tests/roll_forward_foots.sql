-- INV-17: opening and movements are the closing balance, the closing balance is that of the trial balances so far, and a
-- period opens with what the one before closed with.
with

rolled as (

    select * from {{ ref('rpt_roll_forward') }}
    where {{ in_build_periods() }}

),

balances as (

    select
        rolled.entity_id,
        rolled.period,
        rolled.currency,
        rolled.account_id,
        sum(trial_balance.functional_balance) as closing,
        sum(case when trial_balance.period < rolled.period then trial_balance.functional_balance else 0 end) as opening
    from rolled
    inner join {{ ref('rpt_trial_balance') }} as trial_balance
        on
            rolled.entity_id = trial_balance.entity_id
            and rolled.account_id = trial_balance.account_id
            and rolled.currency = trial_balance.functional_currency
            and rolled.period >= trial_balance.period
    group by rolled.entity_id, rolled.period, rolled.currency, rolled.account_id

)

select
    rolled.*,
    balances.opening as balance_before,
    balances.closing as balance
from rolled
left join balances
    on
        rolled.entity_id = balances.entity_id
        and rolled.period = balances.period
        and rolled.currency = balances.currency
        and rolled.account_id = balances.account_id
where
    rolled.opening + rolled.additions + rolled.placed + rolled.used + rolled.written_off + rolled.remeasured <> rolled.closing
    or balances.closing is distinct from rolled.closing
    or balances.opening is distinct from rolled.opening
