-- Bytes that vector stores hold; OpenAI tells the project and nobody in it.
SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    usage_bytes AS Quantity,
    'bytes' AS Unit
FROM export
