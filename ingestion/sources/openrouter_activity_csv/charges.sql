-- One charge per generation. cost_total holds the costs of searches, files and the cache.
WITH lines AS (
    SELECT
        _row,
        _account,
        created_at AS moment,
        cost_total AS cost,
        model_permaslug AS model,
        tokens_prompt + tokens_completion AS tokens,
        generation_id AS ResourceId,
        'generation' AS ResourceType,
        provider_name AS HostProviderName,
        app_name AS ResourceName,
        nullif(variant, 'standard') AS x_ServiceTier,
        api_key_name AS x_CredentialId,
        "user" AS x_PrincipalId
    FROM export
)

SELECT *
FROM openrouter_charge('lines')
