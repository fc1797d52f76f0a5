-- One charge per line: the seats of a day, as a part of a month, without the people who hold them.
SELECT *
FROM github_bill('export')
