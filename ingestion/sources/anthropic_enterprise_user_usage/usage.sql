-- Use per group of a day and user.
WITH lines AS (
    SELECT
        *,
        "actor.user_id" AS user_id,
        coalesce("actor.email_address", "actor.email") AS email
    FROM export
)

SELECT *
FROM anthropic_enterprise_use('lines')
