-- A key is its principal's, where it has one, else its maker's; use names users and service accounts alike by their id.
-- A null workspace is the default workspace. The last day of a key that expires is the day it expires on.
SELECT
    _row,
    'api_key_id' AS Kind,
    id AS Key,
    name AS Name,
    'user_id' AS OwnerKind,
    coalesce("principal.id", "created_by.id") AS OwnerId,
    workspace_id AS SubAccountId,
    CAST(created_at AS DATE) AS ValidFrom,
    CAST(expires_at AS DATE) + 1 AS ValidTo
FROM export
