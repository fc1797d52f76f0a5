-- A user by the id that spend names, with the e-mail address and, as the owner, the id at the company's sign-on.
SELECT
    _row,
    'user_id' AS Kind,
    user_id AS Key,
    user_alias AS Name,
    user_email AS Email,
    CASE WHEN sso_user_id IS NOT NULL THEN 'login' END AS OwnerKind,
    sso_user_id AS OwnerId,
    team_id AS SubAccountId,
    CAST(created_at AS DATE) AS ValidFrom
FROM export
