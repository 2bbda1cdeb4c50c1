-- The sources that fail, but for those that nobody has asked for in a fortnight: they are taken out.
-- Grain: source, the longest failing first.
SELECT source, locator, began_at, tries, last_tried_at, error, batch_id
FROM main.failing_sources
WHERE last_tried_at >= now() - INTERVAL 14 DAYS
ORDER BY began_at, source;
