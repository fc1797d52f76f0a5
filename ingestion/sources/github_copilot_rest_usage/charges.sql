-- One charge per item of a day's answer, under the names that the reports have.
WITH lines AS (
    SELECT
        _row,
        _account,
        make_date(
            CAST("page.timePeriod.year" AS BIGINT),
            CAST("page.timePeriod.month" AS BIGINT),
            CAST("page.timePeriod.day" AS BIGINT)
        ) AS date,
        product,
        sku,
        model,
        grossQuantity AS quantity,
        unitType AS unit_type,
        pricePerUnit AS applied_cost_per_quantity,
        grossAmount AS gross_amount,
        netAmount AS net_amount,
        "page.user" AS username,
        "page.organization" AS organization,
        CAST(NULL AS VARCHAR) AS repository,
        CAST(NULL AS VARCHAR) AS cost_center_name
    FROM export
)

SELECT *
FROM github_bill('lines')
