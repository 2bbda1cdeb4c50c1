-- Contract: one row per source that fails: it could be read once, and not in the last six hours or more
-- in which it was tried.
CREATE OR REPLACE VIEW main.failing_sources AS
SELECT source, locator, began_at, tries, last_tried_at, error, last_batch_id AS batch_id
FROM ops.last_outage
WHERE ended_batch_id IS NULL;
