-- A key by its hash, which stays, and by its name, which the activity CSV tells. Who made it is taken as its owner; it
-- holds to the end of the day on which it expires.
WITH kinds AS (
    SELECT
        *,
        unnest([{'kind': 'key_hash', 'key': hash}, {'kind': 'api_key_name', 'key': name}]) AS told
    FROM export
)

SELECT
    _row,
    told.kind AS Kind,
    told.key AS "Key",
    name AS Name,
    CASE WHEN creator_user_id IS NOT NULL THEN 'user_id' END AS OwnerKind,
    creator_user_id AS OwnerId,
    workspace_id AS SubAccountId,
    CAST(created_at AS DATE) AS ValidFrom,
    CAST(expires_at AS DATE) + 1 AS ValidTo
FROM kinds
WHERE told.key IS NOT NULL
