-- A user by the id that usage names, with the e-mail address that the company knows.
SELECT
    _row,
    'user_id' AS Kind,
    id AS Key,
    name AS Name,
    email AS Email,
    CAST(added_at AS DATE) AS ValidFrom
FROM export
