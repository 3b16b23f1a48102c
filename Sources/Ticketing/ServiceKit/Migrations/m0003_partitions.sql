-- What it takes to tell a message that is lost from one that its consumer has not come to.

-- The partition that a row was sent to; NULL where it was sent before this was written down.
ALTER TABLE outbox ADD COLUMN kafka_partition INT NULL;
