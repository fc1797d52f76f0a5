-- A record is a model that an actor used on a day, on one kind of terminal; tokens are disjoint as delivered.
-- A row per class that was used, and always one of output: it alone has the estimate, which is for the whole model.
-- An actor is a person by e-mail address, or an API key by its name.
WITH classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'tokens': "tokens.input"},
            {'name': 'cache_read', 'tokens': "tokens.cache_read"},
            {'name': 'cache_write', 'tokens': "tokens.cache_creation"},
            {'name': 'output', 'tokens': "tokens.output"}
        ]) AS class
    FROM export
)

SELECT
    _row,
    CAST(date AS DATE) AS UsageDate,
    model AS x_Model,
    class.name AS x_TokenClass,
    "actor.api_key_name" AS x_CredentialId,
    "actor.email_address" AS x_ConsumerId,
    class.tokens AS Quantity,
    'tokens' AS Unit,
    CASE WHEN class.name = 'output' THEN "estimated_cost.amount" END AS EstimatedCost,
    CASE WHEN class.name = 'output' THEN upper("estimated_cost.currency") END AS EstimatedCostCurrency,
    json_merge_patch('{}', json_object('customer_type', customer_type, 'terminal_type', terminal_type)) AS Tags
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
