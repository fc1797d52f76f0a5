-- What LiteLLM's counts say class by class: prompt_tokens holds what the provider's cache answered and kept; where it is
-- smaller than those, an older proxy counted them apart.
CREATE TEMP MACRO litellm_used(prompt, cached, written, completion) AS [
    {'name': 'uncached_input', 'tokens': CASE WHEN prompt >= cached + written THEN prompt - cached - written ELSE prompt END},
    {'name': 'cache_read', 'tokens': cached},
    {'name': 'cache_write', 'tokens': written},
    {'name': 'output', 'tokens': completion}
];
