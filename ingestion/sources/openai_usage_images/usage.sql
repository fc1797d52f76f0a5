-- Images by number, whatever their size; where a model is billed by token, its tokens are with the completions.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    model AS x_Model,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    images AS Quantity,
    'images' AS Unit
FROM export
