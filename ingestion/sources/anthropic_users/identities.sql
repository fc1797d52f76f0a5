-- A member of the organisation: the account_id of usage.
SELECT
    _row,
    'user_id' AS Kind,
    id AS Key,
    name AS Name,
    email AS Email,
    CAST(added_at AS DATE) AS ValidFrom
FROM export
