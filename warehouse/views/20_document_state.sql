-- Each document with what people decided about it. Grain: document.
-- outcome: held becomes published when its batch or site was released, and back when rejected.
-- state: for what gave a revision: visible, held, rejected or withdrawn; else null.
-- batch_state: the same without decisions on the article by name: what its batch and site say.
CREATE OR REPLACE VIEW ops.document_state AS
WITH decided AS (
    SELECT
        d.*,
        CASE
            WHEN coalesce(s.gate_sequence, -1) > coalesce(b.gate_sequence, -1) THEN s.gate_verb
            ELSE b.gate_verb
        END AS gate_verb,
        CASE
            WHEN coalesce(s.sequence, -1) > coalesce(b.sequence, -1) THEN s.verb
            ELSE b.verb
        END AS last_verb,
        CASE WHEN f.document_id IS NOT NULL THEN 'withdraw' ELSE a.verb END AS article_verb
    FROM raw.document AS d
    LEFT JOIN ops.batch_verdict AS b ON b.batch_id = d.batch_id AND b.site IS NULL
    LEFT JOIN ops.batch_verdict AS s ON s.batch_id = d.batch_id AND s.site = d.site
    LEFT JOIN ops.article_verdict AS a ON a.article_id = d.article_id
    LEFT JOIN ops.forgotten AS f ON f.document_id = d.document_id
)

SELECT
    * EXCLUDE (outcome, gate_verb, last_verb, article_verb),
    outcome AS gate_outcome,
    CASE
        WHEN outcome = 'held' AND gate_verb = 'release' THEN 'published'
        ELSE outcome
    END AS outcome,
    CASE
        WHEN outcome NOT IN ('published', 'held') THEN NULL
        WHEN article_verb = 'withdraw' OR last_verb = 'withdraw' THEN 'withdrawn'
        WHEN last_verb = 'reject' AND outcome = 'held' THEN 'rejected'
        WHEN last_verb = 'release' OR outcome = 'published' THEN 'visible'
        ELSE 'held'
    END AS state,
    CASE
        WHEN outcome NOT IN ('published', 'held') THEN NULL
        WHEN last_verb = 'withdraw' THEN 'withdrawn'
        WHEN last_verb = 'reject' AND outcome = 'held' THEN 'rejected'
        WHEN last_verb = 'release' OR outcome = 'published' THEN 'visible'
        ELSE 'held'
    END AS batch_state
FROM decided;
