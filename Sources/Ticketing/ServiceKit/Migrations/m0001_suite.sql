-- Portable between MySQL 8.0 and MariaDB 10.11. Statements end with a semicolon at the end of a line.
-- Ids and names compare byte for byte (utf8mb4_bin): "bob" is not "Bob", and seat r1c1 is not R1C1.

CREATE TABLE events (
    id          VARCHAR(64)  NOT NULL PRIMARY KEY,
    title       VARCHAR(200) NOT NULL,
    description TEXT         NOT NULL,
    date_time   VARCHAR(40)  NOT NULL,
    seat_rows   INT          NOT NULL,
    seat_cols   INT          NOT NULL,
    epoch       BIGINT       NOT NULL DEFAULT 1,
    created_at  DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A cache of Redis: status and version as of the last message that the reservation service consumed.
CREATE TABLE seats (
    id       VARCHAR(32) NOT NULL,
    event_id VARCHAR(64) NOT NULL,
    row_no   INT         NOT NULL,
    col_no   INT         NOT NULL,
    price    BIGINT      NOT NULL,
    status   VARCHAR(16) NOT NULL DEFAULT 'AVAILABLE',
    version  BIGINT      NOT NULL DEFAULT 0,
    PRIMARY KEY (event_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The last line of defence: no seat has two tickets.
CREATE TABLE tickets (
    ticket_id BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    event_id  VARCHAR(64) NOT NULL,
    seat_id   VARCHAR(32) NOT NULL,
    order_id  VARCHAR(64) NULL,
    user_id   VARCHAR(128) NOT NULL,
    version   BIGINT      NOT NULL,
    created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    UNIQUE KEY one_ticket_a_seat (event_id, seat_id),
    KEY tickets_by_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE orders (
    id              VARCHAR(64)   NOT NULL PRIMARY KEY,
    user_id         VARCHAR(128)  NOT NULL,
    event_id        VARCHAR(64)   NOT NULL,
    epoch           BIGINT        NOT NULL,
    amount          BIGINT        NOT NULL,
    status          VARCHAR(16)   NOT NULL,
    reason          VARCHAR(200)  NULL,
    idempotency_key VARCHAR(100)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_hash    CHAR(64)      NOT NULL,
    -- The first answer, byte for byte; NULL until the holds are pinned.
    response        TEXT          NULL,
    trace_id        CHAR(32)      NOT NULL,
    traceparent     VARCHAR(64)   NULL,
    -- A worker's claim: nobody else touches the order before this moment.
    claimed_until   DATETIME(3)   NULL,
    -- When the saga next wants attention, and when an unknown payment is given up.
    due_at          DATETIME(3)   NULL,
    payment_deadline DATETIME(3)  NULL,
    created_at      DATETIME(3)   NOT NULL,
    updated_at      DATETIME(3)   NOT NULL,
    archived        TINYINT       NOT NULL DEFAULT 0,
    UNIQUE KEY one_order_a_key (user_id, idempotency_key),
    KEY orders_due (status, due_at),
    KEY orders_by_event (event_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Not unique by seat, so that a seat sold twice can be seen.
CREATE TABLE order_seats (
    order_id VARCHAR(64) NOT NULL,
    event_id VARCHAR(64) NOT NULL,
    seat_id  VARCHAR(32) NOT NULL,
    position INT         NOT NULL,
    PRIMARY KEY (order_id, seat_id),
    KEY order_seats_by_seat (event_id, seat_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE order_transitions (
    id          BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id    VARCHAR(64) NOT NULL,
    from_status VARCHAR(16) NULL,
    to_status   VARCHAR(16) NOT NULL,
    at          DATETIME(3) NOT NULL,
    KEY transitions_by_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE payments (
    order_id   VARCHAR(64) NOT NULL PRIMARY KEY,
    payment_id VARCHAR(64) NOT NULL,
    amount     BIGINT      NOT NULL,
    -- success | fail | refunded
    status     VARCHAR(16) NOT NULL,
    created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE payment_attempts (
    id       BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id VARCHAR(64)  NOT NULL,
    kind     VARCHAR(16)  NOT NULL,
    amount   BIGINT       NOT NULL,
    -- What was decided: success | fail | replay | error | hang | refunded | never-charged
    outcome  VARCHAR(16)  NOT NULL,
    trace_id CHAR(32)     NOT NULL,
    at       DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    KEY attempts_by_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE refunds (
    order_id   VARCHAR(64) NOT NULL PRIMARY KEY,
    amount     BIGINT      NOT NULL,
    -- refunded | never-charged
    result     VARCHAR(16) NOT NULL,
    created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One table, a relay a service: each relays only the rows of its own topic.
CREATE TABLE outbox (
    id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    topic       VARCHAR(64)  NOT NULL,
    message_key VARCHAR(64)  NOT NULL,
    payload     TEXT         NOT NULL,
    traceparent VARCHAR(64)  NULL,
    -- new | sent
    status      VARCHAR(8)   NOT NULL DEFAULT 'new',
    attempts    INT          NOT NULL DEFAULT 0,
    created_at  DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    sent_at     DATETIME(3)  NULL,
    KEY outbox_new (topic, status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE consumed (
    consumer    VARCHAR(64) NOT NULL,
    message_id  VARCHAR(96) NOT NULL,
    consumed_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    PRIMARY KEY (consumer, message_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
