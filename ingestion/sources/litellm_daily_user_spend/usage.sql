-- A row per class of tokens that a user, key and model used on a day, and always one of output, so that no record
-- vanishes; it carries LiteLLM's estimate of them all. prompt_tokens holds what the provider's cache answered and kept;
-- where it is smaller than those, an older proxy counted them apart. A model is named without the way to it.
WITH counts AS (
    SELECT
        *,
        coalesce(cache_read_input_tokens, 0) AS cached,
        coalesce(cache_creation_input_tokens, 0) AS written
    FROM export
),

classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest(litellm_used(prompt_tokens, cached, written, completion_tokens)) AS class
    FROM counts
)

SELECT
    _row,
    "date" AS UsageDate,
    regexp_replace(model, '^.*/', '') AS x_Model,
    class.name AS x_TokenClass,
    api_key AS x_CredentialId,
    user_id AS x_PrincipalId,
    class.tokens AS Quantity,
    'tokens' AS Unit,
    -- 0 is what LiteLLM writes for a model that it has no price for
    CASE WHEN class.name = 'output' THEN nullif(spend, 0) END AS EstimatedCost,
    CASE WHEN class.name = 'output' AND spend <> 0 THEN 'USD' END AS EstimatedCostCurrency
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
