-- Transcription is metered by the seconds that are listened to.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    model AS x_Model,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    seconds AS Quantity,
    'seconds' AS Unit
FROM export
