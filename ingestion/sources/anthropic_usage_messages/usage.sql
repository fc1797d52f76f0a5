-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record
-- vanishes. A null workspace is the default workspace, a null key is use in the Console.
WITH classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'tokens': uncached_input_tokens},
            {'name': 'cache_read', 'tokens': cache_read_input_tokens},
            {'name': 'cache_write_5m', 'tokens': coalesce("cache_creation.ephemeral_5m_input_tokens", 0)},
            {'name': 'cache_write_1h', 'tokens': coalesce("cache_creation.ephemeral_1h_input_tokens", 0)},
            {'name': 'output', 'tokens': output_tokens}
        ]) AS class
    FROM export
)

SELECT
    _row,
    CAST(starting_at AS DATE) AS UsageDate,
    workspace_id AS SubAccountId,
    model AS x_Model,
    class.name AS x_TokenClass,
    service_tier AS x_ServiceTier,
    context_window AS x_ContextWindow,
    api_key_id AS x_CredentialId,
    coalesce(account_id, service_account_id) AS x_PrincipalId,
    class.tokens AS Quantity,
    'tokens' AS Unit
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
