-- What a batch was asked to read. Grain: (batch, source); error: it could not be read at all.
CREATE OR REPLACE VIEW main.batch_sources AS
SELECT batch_id, source_no, locator, kind, name, read_at, error
FROM ops.batch_source;
