-- A workspace is a sub-account of its own; the last day of one that was archived is the day of that.
SELECT
    _row,
    'workspace_id' AS Kind,
    id AS Key,
    name AS Name,
    id AS SubAccountId,
    CAST(created_at AS DATE) AS ValidFrom,
    CAST(archived_at AS DATE) + 1 AS ValidTo
FROM export
