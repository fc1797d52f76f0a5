-- Speech is metered by the characters of the text that is read out.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    model AS x_Model,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    characters AS Quantity,
    'characters' AS Unit
FROM export
