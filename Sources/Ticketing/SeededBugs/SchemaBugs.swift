import ServiceKit

/// A database that lets pass what the suite's own would not.
enum SchemaBugs {
    /// Tickets without their unique key: a seat may have two.
    static let ticketsWithoutKey = Migration(
        number: 9001,
        name: "tickets without their unique key",
        sql: "ALTER TABLE tickets DROP INDEX one_ticket_a_seat, ADD KEY tickets_by_seat (event_id, seat_id);\n"
    )

    /// The idempotency key is looked up and not enforced; a slow insert is time enough for another process to find nothing.
    static let ordersWithoutKey = Migration(
        number: 9002,
        name: "orders without their unique key",
        sql: """
            ALTER TABLE orders DROP INDEX one_order_a_key, ADD KEY orders_by_key (user_id, idempotency_key);
            CREATE TRIGGER slow_insert BEFORE INSERT ON orders FOR EACH ROW SET @slept = SLEEP(0.3);

            """
    )

    /// The provider gets no key with a charge: asked again, it charges again.
    static let paymentsWithoutKey = Migration(
        number: 9003,
        name: "payments without their key",
        sql: """
            CREATE TRIGGER charged_again BEFORE INSERT ON payment_attempts FOR EACH ROW
            SET NEW.outcome = IF(
                NEW.kind = 'authorize' AND NEW.outcome = 'replay'
                AND (SELECT status FROM payments WHERE order_id = NEW.order_id) = 'success', 'success', NEW.outcome);

            """
    )

    /// A claim is over as soon as it is made: the order is everybody's.
    static let ordersWithoutClaims = Migration(
        number: 9004,
        name: "orders without claims",
        sql: """
            CREATE TRIGGER no_claims BEFORE UPDATE ON orders FOR EACH ROW
            SET NEW.claimed_until = IF(NEW.claimed_until IS NULL, NULL, '2000-01-01 00:00:00.000');

            """
    )

    /// Nobody comes back to an order that is being paid.
    static let payingIsNeverDue = Migration(
        number: 9005,
        name: "orders that are being paid are never due",
        sql: """
            CREATE TRIGGER never_due BEFORE UPDATE ON orders FOR EACH ROW
            SET NEW.due_at = IF(NEW.status = 'PAYING', NULL, NEW.due_at);

            """
    )
}
