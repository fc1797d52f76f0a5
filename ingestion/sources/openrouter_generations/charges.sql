-- One charge per generation: `usage`, which is taken from the credit. upstream_inference_cost is on the other provider's
-- bill where the key is the company's own, and part of usage where it is not.
WITH lines AS (
    SELECT
        _row,
        _account,
        "data.created_at" AS moment,
        "data.usage" AS cost,
        "data.model" AS model,
        "data.native_tokens_prompt" + "data.native_tokens_completion" AS tokens,
        "data.id" AS ResourceId,
        'generation' AS ResourceType,
        "data.provider_name" AS HostProviderName,
        "data.workspace_id" AS SubAccountId,
        CASE WHEN "data.workspace_id" IS NOT NULL THEN 'workspace' END AS SubAccountType,
        "data.service_tier" AS x_ServiceTier,
        "data.external_user" AS x_PrincipalId
    FROM export
)

SELECT *
FROM openrouter_charge('lines')
