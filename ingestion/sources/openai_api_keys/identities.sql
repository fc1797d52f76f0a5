-- A key by the id that cost and usage name; it works to the end of the day on which it expires. A list does not say of
-- which project it is; cost and usage do. A service account owns a key as a user does; credentials.csv may name it.
SELECT
    _row,
    'api_key_id' AS Kind,
    id AS Key,
    name AS Name,
    "owner.user.email" AS Email,
    'user_id' AS OwnerKind,
    coalesce("owner.user.id", "owner.service_account.id") AS OwnerId,
    CAST(created_at AS DATE) AS ValidFrom,
    CAST(expires_at AS DATE) + 1 AS ValidTo
FROM export
