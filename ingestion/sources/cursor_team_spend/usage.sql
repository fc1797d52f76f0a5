-- One row per member, dated by the first day of the cycle. Spend stands beside as an estimate: of the same events as in
-- cursor_usage_events, whose sum it controls.
SELECT
    _row,
    CAST("page.subscriptionCycleStart" AS DATE) AS UsageDate,
    email AS x_PrincipalId,
    coalesce(fastPremiumRequests, 0) AS Quantity,
    'premium requests in the cycle' AS Unit,
    spendCents AS EstimatedCost,
    'USD' AS EstimatedCostCurrency
FROM export
