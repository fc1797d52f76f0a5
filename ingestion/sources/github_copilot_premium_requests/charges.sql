-- One charge per line; lines alike in everything are two charges, since GitHub states no key. Net is 0 until a person's
-- quota is used up.
SELECT *
FROM github_bill('export')
