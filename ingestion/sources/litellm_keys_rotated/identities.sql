-- The hash of a key that another took the place of. Its owner is that key's; it worked to the end of the day it was revoked.
SELECT
    _row,
    'key_hash' AS Kind,
    token AS Key,
    'key_hash' AS OwnerKind,
    active_token_id AS OwnerId,
    CAST(revoke_at AS DATE) + 1 AS ValidTo
FROM export
