-- Two names of each member: the e-mail, which events and spend carry, and the id. Members who were removed keep theirs.
SELECT
    _row,
    unnest(['email', 'user_id']) AS Kind,
    unnest([email, id]) AS "Key",
    name AS Name,
    email AS Email
FROM export
