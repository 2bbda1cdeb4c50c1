-- What each stage of a batch took, gave, refused and cost. Grain: (batch, stage).
-- seconds: work, summed over shards that may have run side by side; began_at and ended_at span it.
CREATE OR REPLACE VIEW main.stages AS
SELECT
    batch_id,
    stage,
    count(*) AS shards,
    sum(taken)::BIGINT AS taken,
    sum(given)::BIGINT AS given,
    sum(refused)::BIGINT AS refused,
    sum(seconds) AS seconds,
    min(finished_at - to_microseconds((seconds * 1000000)::BIGINT)) AS began_at,
    max(finished_at) AS ended_at
FROM ops.stage_shard
GROUP BY batch_id, stage;
