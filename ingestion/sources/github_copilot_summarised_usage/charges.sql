-- One charge per line: credits and requests of a day, without model and, when summarised, without person.
SELECT *
FROM github_bill('export')
