import Contract
import Linearizability

@testable import Verification

/// One way to corrupt what was recorded of a real run, and the invariants that it must violate; the others must hold.
struct RunCorruption: Sendable {
    /// A confirmed order of the run, of one seat.
    struct Sale: Sendable {
        var order: String
        var user: String
        var seat: SeatID
    }

    var name: String
    var violated: Set<String>
    var apply: @Sendable (inout Evidence, _ sale: Sale, _ other: Sale) throws -> Void

    init(
        _ name: String,
        _ violated: Set<String>,
        _ apply: @escaping @Sendable (inout Evidence, _ sale: Sale, _ other: Sale) throws -> Void
    ) {
        self.name = name
        self.violated = violated
        self.apply = apply
    }

    /// Two sales of one event that nobody watched: what watchers were told of it would have to be corrupted as well.
    static func sales(in evidence: Evidence) -> (Sale, Sale)? {
        let watched = Set(evidence.clients.content?.streams.streams.map(\.event) ?? [])
        let sales = (evidence.mysql.content?.orders ?? [:]).values
            .filter { $0.status == .confirmed && $0.seats.count == 1 && !watched.contains($0.event) }
            .sorted { ($0.event, $0.id) < ($1.event, $1.id) }
            .map { Sale(order: $0.id, user: $0.user, seat: SeatID($0.event, $0.seats[0])) }
        return zip(sales, sales.dropFirst()).first { $0.seat.event == $1.seat.event }
    }

    static let all: [RunCorruption] = [
        // What the clients were told.
        RunCorruption("the replies of a seat's winner and of a loser are swapped", ["seat-history"]) { run, sale, _ in
            try run.clients.change {
                let won = try $0.seatCalls.firstIndex { $0.seat == sale.seat && $0.outcome == .ok }.found()
                let lost = try $0.seatCalls.firstIndex { $0.seat == sale.seat && $0.outcome != .ok }.found()
                let users = ($0.seatCalls[won].user, $0.seatCalls[lost].user)
                ($0.seatCalls[lost].user, $0.seatCalls[won].user) = users
                let grant = try $0.grants.firstIndex { $0.seat == sale.seat }.found()
                $0.grants[grant].user = users.1
            }
        },
        RunCorruption("a loser was granted the seat as well", ["hold-exclusive", "seat-history", "owner-only"]) {
            run,
            sale,
            _ in
            try run.clients.change {
                let lost = try $0.seatCalls.firstIndex { $0.seat == sale.seat && $0.outcome != .ok }.found()
                let grant = try $0.grants.first { $0.seat == sale.seat }.found()
                var second = grant
                second.user = $0.seatCalls[lost].user
                second.token = "another"
                second.version += 1
                $0.grants.append(second)
                $0.seatCalls[lost].outcome = .ok
                $0.seatCalls[lost].deadline = second.until * 1_000
                $0.seatCalls[lost].version = second.version
            }
        },
        RunCorruption("a loser was refused before anybody had the seat", ["honest-refusal", "seat-history"]) {
            run,
            sale,
            _ in
            try run.clients.change {
                let first = try $0.seatCalls.filter { $0.seat == sale.seat }.map(\.invoke).min().found()
                let lost = try $0.seatCalls.firstIndex { $0.seat == sale.seat && $0.outcome != .ok }.found()
                $0.seatCalls[lost].invoke = first - 2_000_000
                $0.seatCalls[lost].return = first - 1_000_000
            }
        },
        RunCorruption("a refusal is lost", []) { run, sale, _ in
            try run.clients.change {
                let lost = try $0.seatCalls.firstIndex { $0.seat == sale.seat && $0.outcome != .ok }.found()
                $0.seatCalls.remove(at: lost)
            }
        },
        RunCorruption("one key made two orders", ["idempotent"]) { run, sale, other in
            try run.clients.change { clients in
                let key = try clients.placed.first { $0.value.contains { $0.order == sale.order } }.found().key
                clients.placed[key]?.append(.init(order: other.order, seats: [other.seat], reply: "{}"))
            }
        },
        RunCorruption("most requests were not answered", ["progress"]) { run, _, _ in
            try run.clients.change { clients in
                for index in clients.requests.indices where index % 4 > 0 { clients.requests[index].isAnswered = false }
            }
        },
        // What Redis says.
        RunCorruption("a sale was made after its lease had ended", ["seat-history"]) { run, sale, _ in
            try run.redis.change {
                let pin = try $0.log.firstIndex { $0.seatID == sale.seat && $0.operation == "pin" }.found()
                $0.log[pin].deadline = $0.log[pin].time + 1
            }
        },
        RunCorruption("a change of a seat has the version of another", ["seat-history"]) { run, sale, _ in
            try run.redis.change {
                let pin = try $0.log.firstIndex { $0.seatID == sale.seat && $0.operation == "pin" }.found()
                $0.log[pin].version -= 1
            }
        },
        RunCorruption(
            "a seat is sold to another order",
            ["oversell", "stores-agree", "nothing-lost", "order-atomic"]
        ) { run, sale, other in
            try run.redis.change { $0.sold[sale.seat]?.order = other.order }
        },
        RunCorruption("a lease ended as if its time were over", ["no-early-loss", "seat-history"]) { run, sale, _ in
            try run.redis.change {
                let pin = try $0.log.firstIndex { $0.seatID == sale.seat && $0.operation == "pin" }.found()
                $0.log[pin].operation = "expire"
                $0.log[pin].to = SeatStatus.available.rawValue
                $0.log[pin].deadline = nil
            }
        },
        RunCorruption("a sold seat is free in Redis", ["stores-agree", "nothing-lost"]) { run, sale, _ in
            try run.redis.change { $0.sold[sale.seat] = nil }
        },
        RunCorruption("a hold without an end is left", ["no-orphan-hold", "stores-agree"]) { run, sale, _ in
            try run.redis.change {
                $0.holds[sale.seat] = .init(user: sale.user, order: nil, deadline: $0.now - 60_000, hasExpiry: false)
            }
        },
        // What MySQL says.
        RunCorruption("a ticket row is dropped", ["stores-agree", "charge-has-ticket"]) { run, sale, _ in
            try run.mysql.change { $0.tickets.removeAll { $0.order == sale.order } }
        },
        RunCorruption("a seat has a second ticket", ["oversell", "order-atomic"]) { run, sale, other in
            try run.mysql.change {
                $0.tickets.append(.init(id: -1, seat: sale.seat, order: other.order, user: other.user))
            }
        },
        RunCorruption("a charge is duplicated", ["no-double-charge", "money-conserved"]) { run, sale, _ in
            try run.mysql.change { mysql in
                let charge = try mysql.money.attempts.first { $0.order == sale.order && $0.outcome == "success" }
                    .found()
                mysql.money.attempts.append(charge)
            }
        },
        RunCorruption("an order goes on after its end", ["saga-ends", "outbox-complete"]) { run, sale, _ in
            try run.mysql.change { $0.money.transitions[sale.order]?.append(.init(from: "CONFIRMED", to: "CANCELLED")) }
        },
        RunCorruption("an outbox row is dropped", ["outbox-complete"]) { run, sale, _ in
            try run.mysql.change { mysql in
                mysql.outbox.removeAll { $0.order == sale.order && $0.kind == "SEATS_CONFIRMED" }
            }
        },
        RunCorruption("an answer stands twice in the outbox", ["effect-once", "outbox-complete"]) { run, sale, _ in
            try run.mysql.change { mysql in
                var row = try mysql.outbox.first { $0.order == sale.order && $0.kind == "SEATS_CONFIRMED" }.found()
                row.id = 1_000_000
                mysql.outbox.append(row)
            }
        },
        // What went through Kafka.
        RunCorruption("a message is not in Kafka", ["outbox-complete"]) { run, sale, _ in
            try run.kafka.change { kafka in
                kafka.records.removeAll { $0.order == sale.order && $0.topic == Topic.orderEvents }
            }
        },
        RunCorruption("a message is in another partition than its order's", ["message-order"]) { run, sale, _ in
            try run.kafka.change { kafka in
                var record = try kafka.records.first { $0.order == sale.order }.found()
                record.partition += 1
                kafka.records.append(record)
            }
        },
        // Spans and streams.
        RunCorruption("a trace ends at Kafka", ["trace-complete"]) { run, sale, _ in
            let trace = run.mysql.content?.orders[sale.order]?.trace
            try run.spans?.change { $0.remove { $0 == trace && $1.contains("CONSUMER") } }
        },
        RunCorruption("a watcher was told two changes in the wrong order", ["sse-monotonic"]) { run, _, _ in
            try run.watch { $0.arrivals.swapAt($0.arrivals.count - 1, $0.arrivals.count - 2) }
        },
        RunCorruption("a watcher was not told of a change", ["sse-complete"]) { run, _, _ in
            try run.watch { $0.arrivals.remove(at: $0.arrivals.count / 2) }
        },
        RunCorruption("a map says that a sold seat is free", ["sse-converges"]) { run, _, _ in
            try run.clients.change {
                for place in $0.streams.messages.indices.reversed() {
                    guard case .initial(var seats) = $0.streams.messages[place].content,
                        let sold = seats.firstIndex(where: { $0.status == .sold })
                    else { continue }
                    seats[sold].status = .available
                    $0.streams.messages[place].content = .initial(seats)
                    return
                }
            }
        },
    ]
}

extension Source {
    fileprivate mutating func change(_ body: (inout Content) throws -> Void) throws {
        guard var content else { return }
        try body(&content)
        self = .read(content)
    }
}

extension Optional {
    /// What the run must have for the corruption to mean anything.
    fileprivate func found() throws -> Wrapped {
        guard let self else { throw EvidenceError("the run has nothing to corrupt that way") }
        return self
    }
}

extension Evidence {
    /// Changes the connection that brought most.
    fileprivate mutating func watch(_ change: (inout StreamHistory.Connection) -> Void) throws {
        try clients.change { clients in
            let busy = clients.streams.streams.indices.max {
                clients.streams.streams[$0].connections[0].arrivals.count
                    < clients.streams.streams[$1].connections[0].arrivals.count
            }
            if let busy { change(&clients.streams.streams[busy].connections[0]) }
        }
    }
}
