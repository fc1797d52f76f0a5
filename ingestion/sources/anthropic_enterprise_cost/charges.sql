-- A charge per group of a day: what the whole organisation cost, and of nobody in it.
WITH lines AS (
    SELECT
        *,
        CAST(NULL AS VARCHAR) AS user_id,
        CAST(NULL AS VARCHAR) AS email
    FROM export
)

SELECT *
FROM anthropic_enterprise_charge('lines')
