-- Refused documents that still wait, by reason. Grain: reason.
SELECT reason, count(*) AS documents, max(quarantined_at) AS newest_at
FROM main.quarantine
GROUP BY reason
ORDER BY documents DESC, reason;
