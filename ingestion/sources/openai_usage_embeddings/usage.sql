-- An embedding takes input only, and nothing of it is cached.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    model AS x_Model,
    'uncached_input' AS x_TokenClass,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    input_tokens AS Quantity,
    'tokens' AS Unit
FROM export
