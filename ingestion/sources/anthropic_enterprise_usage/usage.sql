-- Use per group of a day: of the whole organisation, and of nobody in it.
WITH lines AS (
    SELECT
        *,
        CAST(NULL AS VARCHAR) AS user_id,
        CAST(NULL AS VARCHAR) AS email
    FROM export
)

SELECT *
FROM anthropic_enterprise_use('lines')
