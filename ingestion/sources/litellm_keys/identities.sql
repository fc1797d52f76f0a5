-- A key by its hash, which is what the spend names. It belongs to a user, else to a team; it holds to the end of the day
-- on which it expired or was deleted.
SELECT
    _row,
    'key_hash' AS Kind,
    token AS Key,
    coalesce(key_alias, key_name) AS Name,
    CASE WHEN user_id IS NOT NULL THEN 'user_id' WHEN team_id IS NOT NULL THEN 'sub_account' END AS OwnerKind,
    coalesce(user_id, team_id) AS OwnerId,
    team_id AS SubAccountId,
    CAST(created_at AS DATE) AS ValidFrom,
    CAST(least(expires, deleted_at) AS DATE) + 1 AS ValidTo
FROM export
