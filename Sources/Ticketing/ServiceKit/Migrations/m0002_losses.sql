-- What it takes to survive a Redis that has lost its data, and a broker that has lost a message.

-- The epoch that the last reset began: what was accepted in an older one is past. An epoch in between began with a loss of Redis,
-- and an unfinished order goes on in the next.
ALTER TABLE events ADD COLUMN reset_epoch BIGINT NOT NULL DEFAULT 0;

-- When a row that was sent is to be sent again unless its consumer has recorded it; NULL once it has.
ALTER TABLE outbox ADD COLUMN check_at DATETIME(3) NULL, ADD KEY outbox_check (topic, check_at);
