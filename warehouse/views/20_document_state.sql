-- Each document with what people decided about it. Grain: document.
-- outcome: held becomes published when its batch or site was released.
-- state: for what gave a revision: visible, held, rejected or withdrawn; else null.
-- batch_state: the same without decisions on the article by name: what its batch and site say.
CREATE OR REPLACE VIEW ops.document_state AS
WITH decided AS (
    SELECT
        d.*,
        CASE
            WHEN coalesce(s.sequence, -1) > coalesce(b.sequence, -1) THEN s.verb
            ELSE b.verb
        END AS verb,
        coalesce(b.released, false) OR coalesce(s.released, false) AS released,
        coalesce(b.rejected, false) OR coalesce(s.rejected, false) AS rejected,
        CASE WHEN f.document_id IS NOT NULL THEN 'withdraw' ELSE a.verb END AS article_verb
    FROM raw.document AS d
    LEFT JOIN ops.batch_verdict AS b ON b.batch_id = d.batch_id AND b.site IS NULL
    LEFT JOIN ops.batch_verdict AS s ON s.batch_id = d.batch_id AND s.site = d.site
    LEFT JOIN ops.article_verdict AS a ON a.article_id = d.article_id
    LEFT JOIN ops.forgotten AS f ON f.document_id = d.document_id
),

judged AS (
    SELECT
        *,
        CASE
            WHEN outcome NOT IN ('published', 'held') THEN NULL
            WHEN verb = 'withdraw' THEN 'withdrawn'
            WHEN verb = 'release' OR outcome = 'published' THEN 'visible'
            WHEN rejected THEN 'rejected'
            ELSE 'held'
        END AS batch_state
    FROM decided
)

SELECT
    * EXCLUDE (outcome, verb, released, rejected, article_verb, batch_state),
    outcome AS gate_outcome,
    CASE WHEN outcome = 'held' AND released THEN 'published' ELSE outcome END AS outcome,
    CASE
        WHEN batch_state IS NOT NULL AND article_verb = 'withdraw' THEN 'withdrawn'
        ELSE batch_state
    END AS state,
    batch_state
FROM judged;
