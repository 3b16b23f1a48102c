import Contract

/// What each service may do in the database: what its statements need, and nothing else.
package enum ServiceGrants {
    /// The privileges of a service, by table.
    package static func privileges(of service: ServiceName) -> [(table: String, privileges: String)] {
        switch service {
        case .catalog:
            [
                ("events", "SELECT, INSERT, UPDATE, DELETE"), ("seats", "SELECT, INSERT, UPDATE, DELETE"),
                ("orders", "SELECT, UPDATE"), ("tickets", "SELECT, DELETE"),
            ]
        case .reservation:
            [
                ("events", "SELECT, UPDATE"), ("seats", "SELECT, UPDATE"), ("tickets", "SELECT, INSERT"),
                ("orders", "SELECT"), ("order_seats", "SELECT"), ("consumed", "SELECT, INSERT"),
                ("outbox", "SELECT, INSERT, UPDATE"),
            ]
        case .order:
            [
                ("events", "SELECT"), ("seats", "SELECT"), ("orders", "SELECT, INSERT, UPDATE, DELETE"),
                ("order_seats", "SELECT, INSERT, DELETE"), ("order_transitions", "SELECT, INSERT, DELETE"),
                ("consumed", "SELECT, INSERT"), ("outbox", "SELECT, INSERT, UPDATE"),
            ]
        case .payment:
            [
                ("payments", "SELECT, INSERT, UPDATE"), ("payment_attempts", "SELECT, INSERT"),
                ("refunds", "SELECT, INSERT, UPDATE"),
            ]
        }
    }
}
