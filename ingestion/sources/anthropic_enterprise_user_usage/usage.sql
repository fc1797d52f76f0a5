-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record
-- vanishes. Searches are charged without a model, and so they are counted without one.
-- An account that was deleted, or is none of a person, has no e-mail address; its user id stays.
WITH uses AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest(anthropic_used(
            uncached_input_tokens,
            cache_read_input_tokens,
            "cache_creation.ephemeral_5m_input_tokens",
            "cache_creation.ephemeral_1h_input_tokens",
            output_tokens,
            "server_tool_use.web_search_requests"
        )) AS used
    FROM export
)

SELECT
    _row,
    CAST(starting_at AS DATE) AS UsageDate,
    CASE WHEN used.class IS NOT NULL THEN model END AS x_Model,
    used.class AS x_TokenClass,
    CASE WHEN used.class IS NOT NULL THEN speed END AS x_ServiceTier,
    CASE WHEN used.class IS NOT NULL THEN context_window END AS x_ContextWindow,
    "actor.user_id" AS x_PrincipalId,
    coalesce("actor.email_address", "actor.email") AS x_ConsumerId,
    used.quantity AS Quantity,
    used.unit AS Unit,
    anthropic_tags(product, slack_channel_id, claude_tag_category, claude_tag_user_id) AS Tags
FROM uses
