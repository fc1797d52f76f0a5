-- Sessions of the code interpreter; OpenAI tells the project and nobody in it.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    num_sessions AS Quantity,
    'sessions' AS Unit
FROM export
