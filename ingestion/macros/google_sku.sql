-- What Google says in the name of a SKU: "Gemini 2.5 Flash GA Text Input - Predictions", "Gemini 3 Flash Text Input
-- Caching Storage", "Gemini 2.5 Pro Input Text Caching (Long)", and of the Gemini API "Generate content output token
-- count gemini 2.5 flash lite short output text non-thinking". The macros read its words, in lower case; what they do
-- not find is NULL.
CREATE TEMP MACRO sku_words(sku) AS regexp_replace(trim(regexp_replace(lower(sku), '[^a-z0-9.]+', ' ', 'g')),
    '^(cloud )?(vertex ai )?(model garden )?(model as a service )?', '');

CREATE TEMP MACRO sku_is_model(sku) AS
    regexp_matches(sku, '(?i)- (batch )?predictions|\bcaching\b|\btokens?\b|model as a service');

CREATE TEMP MACRO sku_token_class(sku, words) AS CASE
    WHEN NOT sku_is_model(sku) OR contains(words, 'storage') THEN NULL
    WHEN starts_with(words, 'generate content cached') THEN 'cache_read'
    WHEN starts_with(words, 'generate content input') THEN 'uncached_input'
    WHEN regexp_matches(words, '\boutput\b') THEN 'output'
    WHEN regexp_matches(words, '\bcache writes?\b.*\b(1h|1 ?hour)\b') THEN 'cache_write_1h'
    WHEN regexp_matches(words, '\bcache writes?\b.*\b(5m|5 ?min(ute)?)\b') THEN 'cache_write_5m'
    WHEN regexp_matches(words, '\bcache writes?\b') THEN 'cache_write'
    WHEN regexp_matches(words, '\b(caching|cached?)\b') THEN 'cache_read'
    WHEN regexp_matches(words, '\binput\b') THEN 'uncached_input'
END;

-- The model by the name its API gives it, without date: gemini-2.5-flash, claude-sonnet-4-5.
CREATE TEMP MACRO sku_model_words(words) AS nullif(CASE
    WHEN starts_with(words, 'generate content') THEN regexp_extract(words,
        'token count (.+?)(?: (?:short|long))?(?: (?:input|output))?(?: (?:text|audio|image|video))?'
        || '(?: (?:non|thinking|batch|flex|priority|free))*$', 1)
    ELSE regexp_extract(words, '^(.+?)(?: (?:ga|global|regional|batch|thinking|preview))*'
        || '(?: (?:text|audio|image|video))?(?: [a-z0-9]+2[a-z]+)? (?:input|output|cache|cached|caching)\b', 1)
END, '');
CREATE TEMP MACRO sku_model(sku, words) AS CASE WHEN sku_is_model(sku) THEN replace(CASE
    WHEN starts_with(words, 'claude') THEN replace(sku_model_words(words), '.', '-') ELSE sku_model_words(words)
END, ' ', '-') END;

CREATE TEMP MACRO sku_tier(sku, words) AS CASE
    WHEN sku_is_model(sku) THEN nullif(regexp_extract(words, '\b(batch|priority|flex|offpeak)\b', 1), '')
END;
CREATE TEMP MACRO sku_context(sku, words) AS CASE
    WHEN sku_is_model(sku) THEN nullif(regexp_extract(words, '\b(long|short)\b', 1), '')
END;

-- What the tokens are of, and where they were worked on: no keys of attribution, but of price.
CREATE TEMP MACRO sku_modality(words) AS CASE WHEN starts_with(words, 'generate content')
    THEN regexp_extract(words, '\b(text|audio|image|video)(?: non| thinking| batch| flex| priority| free)*$', 1)
    ELSE regexp_extract(words, '\b(text|audio|image|video)(?: [a-z0-9]+2[a-z]+)? (?:input|output|caching)\b', 1) END;
CREATE TEMP MACRO capital(word) AS nullif(upper(left(word, 1)) || substr(word, 2), '');
CREATE TEMP MACRO sku_details(sku, words) AS CASE WHEN sku_is_model(sku) THEN nullif(json_merge_patch(
    '{}', json_object('x_DeploymentScope', capital(regexp_extract(words, '\b(global|regional)\b', 1)),
        'x_Modality', capital(sku_modality(words)))
), '{}') END;

-- Lists of key and value as one object; of keys that are in several, the value of the last list counts. A list in a row
-- is never unnested: that would multiply the row's money.
CREATE TEMP MACRO google_pairs(listed) AS [
    json_object(coalesce(pair ->> '$.key', pair ->> '$.Key'), coalesce(pair ->> '$.value', pair ->> '$.Value'))
    FOR pair IN CAST(CAST(listed AS JSON) AS JSON[]) IF coalesce(pair ->> '$.key', pair ->> '$.Key') IS NOT NULL
];
CREATE TEMP MACRO google_tags(of_project, bound, of_request) AS nullif(list_reduce(
    list_concat(google_pairs(of_project), google_pairs(bound), google_pairs(of_request)),
    lambda one, other : json_merge_patch(one, other), CAST('{}' AS JSON)
), '{}');

-- The sum of a row's credits, from the texts of their amounts: each is negative.
CREATE TEMP MACRO google_credits(credits) AS coalesce(list_sum([
    CAST(plain_number(amount) AS DECIMAL(28, 12)) FOR amount IN json_extract_string(credits, '$[*].amount')
]), 0);
