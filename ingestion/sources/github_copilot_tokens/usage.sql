-- Counts are disjoint as delivered: input is far below cache_read where a conversation goes on, so it does not hold it.
-- A row per class that was used, and always one of output, so that no record vanishes.
WITH classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'tokens': coalesce(input, 0)},
            {'name': 'cache_read', 'tokens': coalesce(cache_read, 0)},
            {'name': 'cache_write', 'tokens': coalesce(cache_write, 0)},
            {'name': 'output', 'tokens': coalesce(output, 0)}
        ]) AS class
    FROM export
)

SELECT
    _row,
    date AS UsageDate,
    organization AS SubAccountId,
    model AS x_Model,
    class.name AS x_TokenClass,
    username AS x_PrincipalId,
    CASE
        WHEN coalesce(cost_center_name, repository) IS NOT NULL
            THEN to_json({'cost_center': cost_center_name, 'repository': repository})
    END AS Tags,
    class.tokens AS Quantity,
    'tokens' AS Unit
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
