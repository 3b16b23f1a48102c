/// The four services, and the port each has when nothing else is said.
package enum ServiceName: String, Sendable, CaseIterable {
    case catalog, reservation, order, payment

    /// The well-known port.
    package var port: Int {
        switch self {
        case .catalog: 8080
        case .reservation: 8081
        case .order: 8082
        case .payment: 8083
        }
    }

    /// The path before which the gateway puts this service: `/ticketing/<name>`.
    package var gatewayPrefix: String { "/ticketing/\(rawValue)" }

    /// Its account in MySQL, with the rights that it needs: `ticketing_order`.
    package var databaseUser: String { "ticketing_\(rawValue)" }
}

/// The gateway's well-known port.
package let gatewayPort = 8000
