-- One row per person and day, in one unit: the AI credits used, else (before June 2026) what the person began.
-- Credits come in parts and quantities are whole numbers, so they are counted in millionths. Consumption, not billing.
SELECT
    _row,
    day AS UsageDate,
    user_login AS x_PrincipalId,
    coalesce(round(ai_credits_used * 1000000), user_initiated_interaction_count, 0) AS Quantity,
    CASE WHEN ai_credits_used IS NOT NULL THEN 'millionths of an AI credit' ELSE 'interactions' END AS Unit
FROM export
