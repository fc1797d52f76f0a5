-- One charge per day, model, endpoint and workspace.
WITH lines AS (
    SELECT
        _row,
        _account,
        date AS moment,
        usage AS cost,
        model_permaslug AS model,
        prompt_tokens + completion_tokens AS tokens,
        model AS SkuId,
        endpoint_id AS ResourceId,
        provider_name AS HostProviderName,
        workspace_id AS SubAccountId,
        CASE WHEN workspace_id IS NOT NULL THEN 'workspace' END AS SubAccountType
    FROM export
)

SELECT *
FROM openrouter_charge('lines')
