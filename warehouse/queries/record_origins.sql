-- Enter how origins want to be asked. Grain: origin. Parameters: one list a column.
INSERT INTO ops.origin BY NAME
SELECT
    unnest($origin::VARCHAR[]) AS origin,
    unnest($asked_at::TIMESTAMPTZ[]) AS asked_at,
    unnest($not_before::TIMESTAMPTZ[]) AS not_before,
    unnest($robots_at::TIMESTAMPTZ[]) AS robots_at,
    unnest($robots_status::INTEGER[]) AS robots_status,
    unnest($robots::VARCHAR[]) AS robots
