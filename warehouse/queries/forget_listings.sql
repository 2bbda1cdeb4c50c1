-- Drop what a listing was before: in this batch, and before the newest batch that ended well, so
-- that a batch that fails later leaves what is known as it was. Parameters: key, batch_id.
DELETE FROM ops.listing
WHERE key = $key AND (
    batch_id = $batch_id
    OR fetched_at < (
        SELECT max(l.fetched_at)
        FROM ops.listing AS l
        INNER JOIN ops.batch AS b ON b.batch_id = l.batch_id
        WHERE l.key = $key AND b.gate <> 'failed'
    )
)
