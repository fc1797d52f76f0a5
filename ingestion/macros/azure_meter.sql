-- What Azure writes in the name of a meter, of which there are many spellings: "gpt 4o 0513 Input global Tokens",
-- "gpt-4o-mini-0718-Batch-Inp-glbl Tokens", "5.6 luna ShortCo Cd Wr Std Gl 1M Tokens", "R1 Inp DZone Tokens". The
-- macros read its words, in lower case with one space between them; what they do not find is NULL.
CREATE TEMP MACRO meter_words(meter) AS trim(regexp_replace(lower(meter), '[\s_-]+', ' ', 'g'));

CREATE TEMP MACRO meter_token_class(words) AS CASE
    WHEN NOT ends_with(words, 'tokens') OR regexp_matches(words, '\b(training|trng|rft|grader)\b') THEN NULL
    WHEN regexp_matches(words, '\b(batch)?(opt|outp?|outpt|output)\b') THEN 'output'
    WHEN regexp_matches(words, '\b(wr|write)\b') THEN 'cache_write'
    WHEN regexp_matches(words, '\b(cd|c?cchd|cached|cache)\b') THEN 'cache_read'
    WHEN regexp_matches(words, '\b(batch)?(in|inpt?|input)\b') OR contains(words, 'embedding') THEN 'uncached_input'
END;

-- The model is what stands before the first word about its use. Newer meters leave out what the product is called:
-- "5.4 mini cd Inp Gl" of "Azure OpenAI GPT5" is gpt-5.4-mini, "R1 Inp glbl" of "Azure Deepseek Models" is deepseek-r1.
CREATE TEMP MACRO meter_stem(words) AS CASE WHEN ends_with(words, 'tokens') THEN nullif(regexp_extract(words,
    '^(.*?)(?: (?:txt|text|aud|audio|img|image))* (?:(?:batch)?(?:opt|outp?|outpt|output|in|inpt?|input)|batch|cd'
    || '|c?cchd|cached|cache|wr|write|pp|fl|flex|std|short ?co|shco|long ?co|loco|gl|glbl?|global|dz|dzone|data ?zone'
    || '|regnl|regional|1m|1k|training|trng|tokens)\b', 1), '') END;

CREATE TEMP MACRO meter_family(product) AS
    regexp_extract(lower(product), '(gpt ?5|deepseek|grok|kimi|llama|mistral|phi|mai|cohere)', 1);

CREATE TEMP MACRO meter_model(words, product) AS replace(CASE
    WHEN starts_with(meter_family(product), 'gpt') AND regexp_matches(meter_stem(words), '^[0-9]')
        THEN 'gpt ' || meter_stem(words)
    WHEN meter_family(product) = '' OR starts_with(meter_family(product), 'gpt')
        OR contains(meter_stem(words), meter_family(product)) THEN meter_stem(words)
    ELSE meter_family(product) || ' ' || meter_stem(words)
END, ' ', '-');

CREATE TEMP MACRO meter_tier(words) AS CASE
    WHEN contains(words, 'batch') THEN 'batch'
    WHEN regexp_matches(words, '\bpp\b') THEN 'priority'
    WHEN regexp_matches(words, '\b(fl|flex)\b') THEN 'flex'
    WHEN regexp_matches(words, '\bstd\b.*\btokens$') THEN 'standard'
    WHEN starts_with(words, 'provisioned managed') THEN 'provisioned'
END;

CREATE TEMP MACRO meter_context(words) AS CASE
    WHEN regexp_matches(words, '\b(long ?co|loco)\b') THEN 'long'
    WHEN regexp_matches(words, '\b(short ?co|shco)\b') THEN 'short'
END;

-- Where the deployment works and what the tokens are of: no key of attribution, but of price.
CREATE TEMP MACRO meter_details(details, words) AS nullif(json_merge_patch(coalesce(details, '{}'), json_object(
    'x_DeploymentScope', CASE
        WHEN regexp_matches(words, '\b(gl|glbl?|global)\b') THEN 'Global'
        WHEN regexp_matches(words, '\b(dz|dzone|data ?zone)\b') THEN 'DataZone'
        WHEN regexp_matches(words, '\b(regnl|regional)\b') THEN 'Regional'
    END,
    'x_Modality', CASE
        WHEN NOT ends_with(words, 'tokens') THEN NULL
        WHEN regexp_matches(words, '\b(txt|text)\b') AND NOT contains(words, 'embedding') THEN 'Text'
        WHEN regexp_matches(words, '\b(aud|audio)\b') THEN 'Audio'
        WHEN regexp_matches(words, '\b(img|image)\b') THEN 'Image'
    END
)), '{}');

-- How many units Azure prices at once: "1K" 1000, "10K Transactions" 10000, "1 Hour" 1, "1/Month" 1. At most 10^9, so
-- that a quantity times a block is exact.
CREATE TEMP MACRO unit_block(unit) AS TRY_CAST(
    TRY_CAST(regexp_extract(unit, '^\s*([0-9]{1,9})[KMB]?(?:[ /]|$)', 1) AS BIGINT)
    * CASE regexp_extract(unit, '^\s*[0-9]+([KMB]?)', 1) WHEN 'K' THEN 1000 WHEN 'M' THEN 1000000
        WHEN 'B' THEN 1000000000 ELSE 1 END AS DECIMAL(10, 0));
CREATE TEMP MACRO unit_counted(unit) AS CASE
    WHEN regexp_full_match(unit, '\s*[0-9]+[KMB]?\s*') THEN 'Units'
    ELSE regexp_replace(regexp_replace(unit, '^\s*[0-9]+[KMB]?\s*/\s*', 'Units/'), '^\s*[0-9]+[KMB]?\s+', '')
END;

-- Claude in Foundry: one line in units of 0.01 dollars, with neither model nor person.
CREATE TEMP MACRO is_claude_unit(texts) AS
    contains(lower(texts), 'claude') AND regexp_matches(lower(texts), '\bconsumption units?\b|\bccus?\b');
