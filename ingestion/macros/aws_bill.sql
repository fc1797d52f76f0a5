-- Charges of an AWS bill, by the columns of CUR 2.0; the legacy report's are named alike in its source.yml. Gross is the
-- public price, net what is paid: where AWS gives a net amount, discounts are in it, and their own lines have a net of
-- nothing. Savings plans and reservations, of which Bedrock has none, stay where their money is: EffectiveCost is
-- BilledCost. What is sold through the marketplace is still on AWS's invoice.
CREATE TEMP MACRO aws_charges() AS TABLE
WITH named AS (
    SELECT
        *,
        bedrock_meter(line_item_usage_type) AS meter,
        -- a map in CUR 2.0, the name itself in the legacy report
        CASE WHEN starts_with(product, '{') THEN product ->> '$.product_name' ELSE product END AS product_name,
        aws_block(pricing_unit) AS block,
        coalesce(line_item_net_unblended_cost, line_item_unblended_cost) AS net
    FROM export
),

described AS (
    SELECT
        *,
        is_consumption_unit(
            concat_ws(' ', product_name, line_item_usage_type, pricing_unit, line_item_line_item_description)
        ) AS ccu,
        starts_with(line_item_product_code, 'AmazonBedrock')
        OR coalesce(contains(product_name, 'Amazon Bedrock Edition'), false) AS bedrock
    FROM named
)

SELECT
    _row,
    net AS BilledCost,
    net AS EffectiveCost,
    line_item_unblended_cost AS ContractedCost,
    coalesce(pricing_public_on_demand_cost, line_item_unblended_cost) AS ListCost,
    line_item_currency_code AS BillingCurrency,
    bill_payer_account_id AS BillingAccountId,
    bill_billing_period_start_date AS BillingPeriodStart,
    coalesce(bill_billing_period_end_date, bill_billing_period_start_date + INTERVAL 1 MONTH) AS BillingPeriodEnd,
    line_item_usage_start_date AS ChargePeriodStart,
    coalesce(line_item_usage_end_date, line_item_usage_start_date + INTERVAL 1 HOUR) AS ChargePeriodEnd,
    aws_category(line_item_line_item_type) AS ChargeCategory,
    CASE
        WHEN aws_category(line_item_line_item_type) = 'Usage' THEN 'Usage-Based'
        WHEN line_item_line_item_type LIKE '%RecurringFee' OR line_item_line_item_type = 'RIFee' THEN 'Recurring'
        ELSE 'One-Time'
    END AS ChargeFrequency,
    coalesce(line_item_line_item_description, line_item_line_item_type) AS ChargeDescription,
    bill_invoice_id AS InvoiceId,
    coalesce(bill_invoicing_entity, 'Amazon Web Services') AS InvoiceIssuerName,
    coalesce(line_item_usage_amount * block, line_item_usage_amount) AS ConsumedQuantity,
    CASE WHEN block IS NOT NULL THEN 'tokens' WHEN ccu THEN 'Claude Consumption Units' ELSE pricing_unit END
        AS ConsumedUnit,
    line_item_usage_amount AS PricingQuantity,
    pricing_unit AS PricingUnit,
    line_item_resource_id AS ResourceId,
    product_region_code AS RegionId,
    line_item_usage_account_id AS SubAccountId,
    line_item_usage_account_name AS SubAccountName,
    CASE
        WHEN ccu THEN coalesce(product_name, 'Claude Platform on AWS')
        WHEN bedrock THEN 'Amazon Bedrock'
        ELSE coalesce(product_name, line_item_product_code)
    END AS ServiceName,
    CASE WHEN bedrock OR ccu THEN 'AI and Machine Learning' END AS ServiceCategory,
    CASE WHEN bedrock OR ccu THEN 'Generative AI' END AS ServiceSubcategory,
    CASE
        WHEN bill_billing_entity = 'AWS Marketplace' THEN coalesce(line_item_legal_entity, 'AWS Marketplace')
        ELSE 'AWS'
    END AS ServiceProviderName,
    'AWS' AS HostProviderName,
    product_sku AS SkuId,
    CASE WHEN ccu THEN 'Claude Consumption Units' ELSE line_item_usage_type END AS SkuMeter,
    aws_tags(tags, resource_tags, cost_category) AS Tags,
    bedrock_model(meter) AS x_Model,
    bedrock_token_class(meter) AS x_TokenClass,
    bedrock_tier(meter) AS x_ServiceTier,
    line_item_iam_principal AS x_PrincipalId,
    aws_api_key(line_item_iam_principal) AS x_CredentialId,
    aws_session_person(line_item_iam_principal) AS x_ConsumerId
FROM described;
