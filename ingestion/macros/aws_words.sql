-- The words of an AWS bill: kinds of line, units, tags.
-- A refund of money is a credit. Discounts that are lines of their own are adjustments of the use they belong to.
CREATE TEMP MACRO aws_category(line_type) AS CASE
    WHEN line_type = 'Tax' THEN 'Tax'
    WHEN line_type IN ('Credit', 'Refund') THEN 'Credit'
    WHEN line_type LIKE '%Discount' OR line_type IN ('SavingsPlanNegation', 'RightsizingRecommendation')
        THEN 'Adjustment'
    WHEN line_type LIKE '%Fee' THEN 'Purchase'
    ELSE 'Usage'
END;

-- "1K tokens", "1M tokens" and "tokens" in tokens.
CREATE TEMP MACRO aws_block(unit) AS CASE
    WHEN regexp_matches(unit, '(?i)^\s*(1 ?M|1 ?million|1,?000,?000)\b.*token') THEN 1000000
    WHEN regexp_matches(unit, '(?i)^\s*(1 ?K|1,?000)\b.*token') THEN 1000
    WHEN contains(lower(unit), 'token') THEN 1
END;

-- Tags by the names that the company gave them: "user:team", "user_team", "resourceTags/user_team" and
-- "iamPrincipal/team" are team; of two that become one name the first counts. Where there are `tags`, those of resources
-- are among them. A cost category keeps a prefix, since it may well be called as a tag is.
CREATE TEMP MACRO aws_names(tags) AS regexp_replace(
    tags, '"(?:iamPrincipal/|accountTag/|(?:resourceTags/)?(?:user[:_])?)([^"\\]+)"\s*:\s*', '"\1":', 'g'
);
CREATE TEMP MACRO aws_inside(tags) AS nullif(trim(trim(trim(tags), '{}')), '');
CREATE TEMP MACRO aws_tags(tags, resource_tags, cost_category) AS '{' || concat_ws(',',
    aws_names(coalesce(aws_inside(tags), aws_inside(resource_tags))),
    regexp_replace(aws_inside(cost_category), '"([^"\\]+)"\s*:\s*', '"costCategory/\1":', 'g')
) || '}';
