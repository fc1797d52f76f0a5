-- Classes of tokens as the cost reports of Anthropic spell them, and as the Console's CSV does.
CREATE TEMP MACRO anthropic_token_class(token_type) AS CASE token_type
    WHEN 'uncached_input_tokens' THEN 'uncached_input'
    WHEN 'input_no_cache' THEN 'uncached_input'
    WHEN 'cache_read_input_tokens' THEN 'cache_read'
    WHEN 'input_cache_read' THEN 'cache_read'
    WHEN 'cache_creation.ephemeral_5m_input_tokens' THEN 'cache_write_5m'
    WHEN 'input_cache_write_5m' THEN 'cache_write_5m'
    WHEN 'cache_creation.ephemeral_1h_input_tokens' THEN 'cache_write_1h'
    WHEN 'input_cache_write_1h' THEN 'cache_write_1h'
    WHEN 'output_tokens' THEN 'output'
    WHEN 'output' THEN 'output'
END;

-- What a record used, class by class; counts are disjoint as delivered. A class that was not used is left out, but output
-- never, so that no record vanishes. Searches are charged without a model, and so they are counted without one.
CREATE TEMP MACRO anthropic_used(uncached, read, write_5m, write_1h, output, searches) AS list_filter([
    {'class': 'uncached_input', 'unit': 'tokens', 'quantity': uncached},
    {'class': 'cache_read', 'unit': 'tokens', 'quantity': read},
    {'class': 'cache_write_5m', 'unit': 'tokens', 'quantity': write_5m},
    {'class': 'cache_write_1h', 'unit': 'tokens', 'quantity': write_1h},
    {'class': 'output', 'unit': 'tokens', 'quantity': output},
    {'class': NULL, 'unit': 'requests', 'quantity': searches}
], lambda one: coalesce(one.quantity, 0) <> 0 OR coalesce(one.class = 'output', false));

-- The size of the prompt as reports write it, from what the Console writes.
CREATE TEMP MACRO anthropic_context(shown) AS CASE shown
    WHEN '≤ 200k' THEN '0-200k'
    WHEN '> 200k' THEN '200k-1M'
    ELSE shown
END;

-- What is known of use besides: the product, and where in Slack.
CREATE TEMP MACRO anthropic_tags(product, channel, category, slack_user) AS nullif(json_merge_patch('{}', json_object(
    'product', product,
    'slack_channel_id', channel,
    'claude_tag_category', category,
    'claude_tag_user_id', slack_user
)), '{}');
