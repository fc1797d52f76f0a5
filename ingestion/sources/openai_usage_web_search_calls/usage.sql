-- Searches, not the requests to the model that asked for them: one request may search more than once.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    model AS x_Model,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    num_requests AS Quantity,
    'requests' AS Unit
FROM export
