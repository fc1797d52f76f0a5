-- ConsumedQuantity is 1 request in every row, whatever was used, and tokens are not told: the one thing that a row
-- measures is the estimate, which has six decimal places. So that is the quantity, in millionths of a dollar.
-- The account is the key; who used it stands in the tags, and no e-mail address is kept where there is an id.
SELECT
    _row,
    CAST(ChargePeriodStart AS DATE) AS UsageDate,
    SubAccountId,
    regexp_replace(ChargeDescription, '^.*/', '') AS x_Model,
    BillingAccountId AS x_CredentialId,
    coalesce(nullif(Tags ->> '$.user_id', ''), nullif(Tags ->> '$.user_email', '')) AS x_PrincipalId,
    BilledCost * 1000000 AS Quantity,
    'millionths of estimated ' || upper(BillingCurrency) AS Unit,
    nullif(BilledCost, 0) AS EstimatedCost,
    CASE WHEN BilledCost <> 0 THEN upper(BillingCurrency) END AS EstimatedCostCurrency
FROM export
