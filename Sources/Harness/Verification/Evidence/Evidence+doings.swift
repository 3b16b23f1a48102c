import Linearizability

// What the run did, by its clients' history: where that could not be read, anything may have been done.
extension Evidence {
    /// How much there was to judge: requests, changes of seats, messages, spans.
    package var operations: Int {
        (clients.content?.requests.count ?? 0) + (redis.content?.log.count ?? 0) + (kafka.content?.messages ?? 0)
            + (spans?.content?.count ?? 0)
    }

    /// Whether any request went to a route of the contract.
    var hasRequests: Bool {
        guard let clients = clients.content else { return true }
        return !clients.requests.isEmpty
    }

    /// Whether anybody tried to order, or something was sold.
    var hasOrders: Bool {
        guard let clients = clients.content, let mysql = mysql.content else { return true }
        return clients.orderRequests > 0 || !clients.orders.isEmpty || !mysql.orders.isEmpty || !mysql.tickets.isEmpty
    }

    /// Whether anybody was refused a seat.
    var hasRefusals: Bool {
        guard let clients = clients.content else { return true }
        return clients.seatCalls.contains { $0.outcome != .ok }
            || clients.seatOrders.contains(where: \.isRefused)
    }

    /// Whether anybody prolonged or released a hold.
    var hasOwnChanges: Bool {
        guard let clients = clients.content else { return true }
        return clients.seatCalls.contains { $0.action != .hold }
    }
}
