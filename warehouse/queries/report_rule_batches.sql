-- Lines that each rule took in the newest batches. Grain: (rule, batch), the oldest first.
-- Parameter: batches (how many).
WITH shown AS (
    SELECT batch_id, started_at FROM main.batches
    ORDER BY started_at DESC, batch_id DESC LIMIT $batches
)

SELECT l.rule, s.batch_id, count(*) AS lines
FROM main.removed_lines AS l
INNER JOIN main.document_places AS p ON p.document_id = l.document_id
INNER JOIN main.documents AS d ON d.document_id = l.document_id
INNER JOIN shown AS s ON s.batch_id = d.batch_id
GROUP BY l.rule, s.batch_id, s.started_at
ORDER BY l.rule, s.started_at, s.batch_id;
