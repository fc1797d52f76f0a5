-- Searches in vector stores; they name no model.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    num_requests AS Quantity,
    'requests' AS Unit
FROM export
