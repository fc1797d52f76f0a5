-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record
-- vanishes. A null workspace is the default workspace, a null key is use in the Console.
-- Web searches are left out, so what they cost is spread as other cost without a model is.
WITH uses AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest(anthropic_used(
            uncached_input_tokens,
            cache_read_input_tokens,
            "cache_creation.ephemeral_5m_input_tokens",
            "cache_creation.ephemeral_1h_input_tokens",
            output_tokens,
            0
        )) AS used
    FROM export
)

SELECT
    _row,
    CAST(starting_at AS DATE) AS UsageDate,
    workspace_id AS SubAccountId,
    model AS x_Model,
    used.class AS x_TokenClass,
    service_tier AS x_ServiceTier,
    context_window AS x_ContextWindow,
    api_key_id AS x_CredentialId,
    coalesce(account_id, service_account_id) AS x_PrincipalId,
    used.quantity AS Quantity,
    used.unit AS Unit
FROM uses
