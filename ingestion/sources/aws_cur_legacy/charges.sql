-- A charge per line of the bill: ingestion/macros/aws_bill.sql, as for CUR 2.0.
SELECT * FROM aws_charges()
