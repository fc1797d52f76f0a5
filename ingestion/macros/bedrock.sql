-- What Amazon Bedrock writes into usage types and model ids. A usage type has one of two forms,
-- "USE1-Claude4.6Sonnet-cache-read-input-token-count-batch" and
-- "USE1-anthropic.claude-opus-4-8-mantle-input-tokens-global-standard"; what counts no tokens has neither.
CREATE TEMP MACRO bedrock_meter(usage_type) AS CASE WHEN contains(usage_type, '-token') THEN regexp_extract(
    usage_type,
    '^(?:[A-Z]{2,4}[0-9]-)?(?:Claude([0-9]+)[.]?([0-9]*)(Sonnet|Opus|Haiku)|(.+?))(?:-mantle)?-(cache-read-input|cache-write-input|input|output)-token(?:s|-count)(.*)$',
    ['major', 'minor', 'family', 'other', 'class', 'rest']
) END;

CREATE TEMP MACRO bedrock_token_class(meter) AS CASE
    WHEN meter['class'] = 'output' THEN 'output'
    WHEN meter['class'] = 'cache-read-input' THEN 'cache_read'
    WHEN meter['class'] = 'cache-write-input' AND contains(meter['rest'], '1-hour') THEN 'cache_write_1h'
    WHEN meter['class'] = 'cache-write-input' THEN 'cache_write'
    WHEN meter['class'] = 'input' THEN 'uncached_input'
END;

CREATE TEMP MACRO bedrock_tier(meter) AS
    nullif(regexp_extract(meter['rest'], '(batch|flex|priority|standard)', 1), '');

-- One name for a model, however bill and log spell it: "Claude4.6Sonnet" and
-- "us.anthropic.claude-sonnet-4-6-20260105-v1:0" are claude-sonnet-4-6, "NovaLite" and "amazon.nova-lite-v1:0" nova-lite.
-- Of an ARN the last part counts; that of an application's inference profile is opaque and stays.
CREATE TEMP MACRO bedrock_model_id(id) AS regexp_replace(
    regexp_replace(
        regexp_replace(id, '^.*/', ''),
        '^(?:(?:us-gov|us|eu|apac|jp|au|ca|global)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen|stability)\.',
        ''
    ),
    '(?:-20[0-9]{6})?(?:-v[0-9]+)?(?::[0-9a-z:]+)?$',
    ''
);
CREATE TEMP MACRO bedrock_version(meter) AS
    meter['major'] || CASE WHEN meter['minor'] <> '' THEN '-' ELSE '' END || meter['minor'];
CREATE TEMP MACRO bedrock_model(meter) AS CASE
    WHEN meter['major'] = '3' THEN 'claude-' || bedrock_version(meter) || '-' || lower(meter['family'])
    WHEN meter['family'] <> '' THEN 'claude-' || lower(meter['family']) || '-' || bedrock_version(meter)
    WHEN starts_with(meter['other'], 'Nova') THEN 'nova-' || lower(replace(substr(meter['other'], 5), '.', '-'))
    WHEN left(meter['other'], 1) BETWEEN 'A' AND 'Z' THEN lower(replace(meter['other'], '.', '-'))
    WHEN meter['other'] <> '' THEN bedrock_model_id(meter['other'])
END;

-- Claude Platform on AWS, and Claude in Microsoft Foundry, are billed in one marketplace line: no model and no person.
CREATE TEMP MACRO is_consumption_unit(words) AS
    (contains(words, 'laude') OR contains(words, 'CCU'))
    AND regexp_matches(words, '(?i)claude consumption unit|claude[ -]?platform[ -]?on[ -]?aws|\bccus?\b');

-- Who called, as far as the caller's ARN says more than itself: the key that has a user of its own, and the person after
-- whom a federated session is named.
CREATE TEMP MACRO aws_api_key(arn) AS nullif(regexp_extract(arn, '/(BedrockAPIKey-[^/]+)$', 1), '');
CREATE TEMP MACRO aws_session_person(arn) AS
    lower(nullif(regexp_extract(arn, ':assumed-role/[^/]+/([^/@]+@[^/@]+)$', 1), ''));
