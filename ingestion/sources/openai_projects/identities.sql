-- A project is what cost and usage call the sub-account. It is used until the end of the day on which it is archived.
SELECT
    _row,
    'sub_account' AS Kind,
    id AS Key,
    name AS Name,
    CAST(created_at AS DATE) AS ValidFrom,
    CAST(archived_at AS DATE) + 1 AS ValidTo
FROM export
