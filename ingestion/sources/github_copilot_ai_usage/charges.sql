-- One charge per line; lines alike in everything are two charges, since GitHub states no key. Included credits are pooled
-- per organisation, so net is 0 until the pool is spent, and falls on whoever comes last.
SELECT *
FROM github_bill('export')
