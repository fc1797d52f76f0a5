-- A charge per line of the bill: ingestion/macros/aws_bill.sql, as for the legacy report.
SELECT * FROM aws_charges()
