import Contract
import Foundation
import Linearizability

/// The history of every seat: what the clients were told, and, where it was read, what the seats' log in Redis has.
///
/// A holder is his user, as in the contract. A change that both sources know is one call, joined by the seat's version; it has the client's
/// interval. Changes that no client made (pins, sales, cancellations, ends of leases) have the log's moment. With the log, requests whose
/// outcome nobody knows are settled: what happened is in it.
package struct SeatHistory: Sendable {
    /// How well the end of a lease is known, in microseconds: Redis counts in milliseconds, and clocks are slewed.
    package static let epsilon: Int64 = 5_000

    private static let fresh = SeatTimeline(epsilon: epsilon)

    package private(set) var seats: [SeatID: SeatTimeline] = [:]
    /// What each call's source stands for.
    package private(set) var facts: [SeatID: [SeatFact]] = [:]
    /// Events that Redis lost and got back, or that were reset, while they were watched, and until when everything is known of them, in
    /// microseconds since 1970 by Redis' clock.
    package private(set) var losses: [String: Int64] = [:]
    private var numbers: [String: Int32] = [:]

    /// Reads a run's `history.jsonl` alone, without any store.
    ///
    /// - Throws: `EvidenceError` that names the line.
    package init(clients path: String) throws {
        var sorter: SeatCallSorter?
        _ = try HistoryReader.read(path: path) {
            sorter = SeatCallSorter(header: $0)
        } _: {
            try sorter?.take($0)
        }
        self.init(calls: sorter?.finish() ?? [], log: nil, asked: sorter?.orders ?? [])
    }

    /// The seats' histories as all the evidence has them; nil when the clients' history could not be read.
    package init?(_ evidence: Evidence) {
        guard let clients = evidence.clients.content else { return nil }
        let redis = evidence.redis.content
        self.init(
            calls: clients.seatCalls.map { $0.moved(by: redis) },
            log: redis?.logGap == nil ? redis?.log : nil,
            orders: evidence.mysql.content.map { Array($0.orders.values) } ?? [],
            asked: clients.seatOrders.map { $0.moved(by: redis) }
        )
    }

    /// Joins what the clients did with the seats' log; nil when the log could not be read.
    ///
    /// Where Redis lost an event, the log has a hole: what may have happened in it is optional. `orders` say which pins, sales and
    /// cancellations that can have been. Without a log all of it is a hole, and `asked` says so, what the clients asked of orders.
    package init(
        calls: [ClientSeatCall],
        log: [SeatLogEntry]?,
        orders: [MySQLEvidence.Order] = [],
        asked: [ClientSeatOrder] = []
    ) {
        let calls = log.map { Self.numberingReleases(of: calls, by: $0) } ?? calls
        let logged = Dictionary(
            (log ?? []).map { (SeatVersionKey(seat: $0.seatID, version: $0.version), $0.time) },
            uniquingKeysWith: { first, _ in first }
        )
        // The answer to a hold that its holder asked for again names the version of the first: it is another call, later.
        var told: [SeatVersionKey: ClientSeatCall] = [:]
        for call in calls where call.isChange {
            guard let version = call.version else { continue }
            let key = SeatVersionKey(seat: call.seat, version: version)
            guard told[key] == nil, let moment = logged[key], call.mayHaveHappened(at: moment) else { continue }
            told[key] = call
        }
        var opened: Set<String> = []
        for entry in (log ?? []).sorted(by: { $0.version < $1.version }) {
            if entry.seat.isEmpty {
                // Opened again in the run: what was held or sold before is free, or is not known.
                if !opened.insert(entry.event).inserted || entry.operation == SeatLogOpening.restore.rawValue {
                    lose(entry.event, at: entry.time * 1000)
                }
                continue
            }
            add(entry, client: told[SeatVersionKey(seat: entry.seatID, version: entry.version)])
        }
        for call in calls {
            if log != nil, call.isOptional, losses[call.seat.event] == nil { continue }
            if let version = call.version, told[SeatVersionKey(seat: call.seat, version: version)]?.index == call.index
            {
                continue
            }
            add(call, isLogged: log != nil)
        }
        for hole in SeatLogHole.all(in: log ?? []) {
            lose(hole.event, at: hole.from)
            add(hole, orders: orders)
        }
        guard log == nil else { return }
        for order in asked { add(order) }
        for calls in Dictionary(grouping: calls.filter { $0.version != nil }, by: \.seat.event).values {
            let epochs = Set(calls.compactMap { $0.version.map { $0 >> 32 } })
            if epochs.count > 1 { lose(calls[0].seat.event, at: .min) }
        }
    }

    private mutating func lose(_ event: String, at moment: Int64) {
        losses[event] = min(moment, losses[event] ?? .max)
    }

    private mutating func add(_ order: ClientSeatOrder) {
        let token = number("user " + order.user)
        let buyer = number("request \(order.index)")
        for seat in order.seats {
            for (operation, what) in [
                (SeatModel.Operation(.pin, token: token, order: buyer), "may have pinned the seat"),
                (.init(.confirm, order: buyer), "may have got the seat"),
                (.init(.unpin, order: buyer), "may have lost the seat with the order"),
            ] {
                add(operation, seat, (order.invoke, order.return), what, source: "clients", user: order.user)
            }
        }
    }

    private mutating func add(_ hole: SeatLogHole, orders: [MySQLEvidence.Order]) {
        let interval = (hole.from, hole.to)
        for seat in seats.keys where seat.event == hole.event {
            let what = "Redis lost the event: holds that were not pinned are forgotten"
            add(.init(.forget), seat, interval, what, source: "redis", isOptional: false)
        }
        for order in orders where order.event == hole.event {
            let token = number("user " + order.user)
            let buyer = number("order " + order.id)
            for seat in order.seats.map({ SeatID(order.event, $0) }) {
                for (operation, what) in [
                    (SeatModel.Operation(.pin, token: token, order: buyer), "a pin may have been lost"),
                    (.init(.confirm, order: buyer), "a sale may have been lost"),
                    (.init(.unpin, order: buyer), "a cancellation may have been lost"),
                ] {
                    add(operation, seat, interval, what, source: "redis", user: order.user, order: order.id)
                }
            }
        }
    }

    private mutating func add(
        _ operation: SeatModel.Operation,
        _ seat: SeatID,
        _ interval: (from: Int64, to: Int64),
        _ what: String,
        source: String,
        user: String = "",
        order: String = "",
        isOptional: Bool = true
    ) {
        let fact = SeatFact(
            from: interval.from,
            to: interval.to,
            user: user,
            what: what,
            source: source,
            order: order,
            trace: "",
            faults: []
        )
        seats[seat, default: Self.fresh].add(
            operation,
            invoke: interval.from,
            return: interval.to,
            isOptional: isOptional,
            source: note(seat, fact)
        )
    }

    private mutating func add(_ call: ClientSeatCall, isLogged: Bool) {
        // Asked again by its holder, a hold keeps the version that it has: not a change.
        let operation = operation(call)
        let source = note(call.seat, call.fact)
        seats[call.seat, default: Self.fresh].add(
            operation,
            invoke: call.invoke,
            return: call.return,
            isOptional: call.isOptional,
            ttl: call.deadline == nil && call.isLease ? call.ttl : nil,
            deadline: call.deadline,
            version: isLogged ? nil : call.version,
            source: source
        )
    }

    private mutating func add(_ entry: SeatLogEntry, client: ClientSeatCall?) {
        let seat = entry.seatID
        let source = note(seat, client?.fact ?? entry.fact)
        let token = number("user " + (client?.user ?? entry.user))
        let order = entry.order.isEmpty ? 0 : number("order " + entry.order)
        let operation: SeatModel.Operation
        switch entry.operation {
        case "hold": operation = .init(.hold, token: token)
        case "extend": operation = .init(.extend, token: token)
        case "pin": operation = .init(.pin, token: token, order: order)
        case "release": operation = .init(.release, token: token)
        case "cancel": operation = .init(.unpin, order: order)
        case "confirm" where order == 0: operation = .init(.sell, token: token)
        case "confirm": operation = .init(.confirm, order: order)
        case "expire":
            seats[seat, default: Self.fresh].endLease(version: entry.version)
            return
        default:
            // A sale taken back ends what the seat's table knows; the event counts as lost.
            lose(entry.event, at: entry.time * 1000)
            return
        }
        seats[seat, default: Self.fresh].add(
            operation,
            invoke: client?.invoke ?? entry.time * 1000,
            return: client?.return ?? (entry.time + 1) * 1000,
            deadline: entry.deadline.map { $0 * 1000 },
            version: entry.version,
            source: source
        )
    }

    private mutating func operation(_ call: ClientSeatCall) -> SeatModel.Operation {
        SeatModel.Operation(call.action, call.outcome, token: number("user " + call.user))
    }

    private mutating func note(_ seat: SeatID, _ fact: SeatFact) -> Int {
        facts[seat, default: []].append(fact)
        return facts[seat, default: []].count - 1
    }

    private mutating func number(_ name: String) -> Int32 {
        if let known = numbers[name] { return known }
        numbers[name] = Int32(numbers.count + 1)
        return Int32(numbers.count)
    }
}

/// A change of a seat, by its number.
private struct SeatVersionKey: Hashable {
    var seat: SeatID
    var version: Int64
}

extension SeatLogEntry {
    fileprivate var fact: SeatFact {
        let until = deadline.map { ", until \(Timestamp.text($0))" } ?? ""
        let what =
            switch operation {
            case "hold": "holds the seat"
            case "extend": "holds the seat longer"
            case "pin": "has the hold pinned to order \(order)"
            case "confirm": "gets the seat for \(order.isEmpty ? "the box office" : "order \(order)")"
            case "cancel": "loses the hold, as order \(order) has ended"
            case "release": "lets go of the seat"
            case "expire": "loses the hold, as its time is over"
            default: "\(operation): \(from) to \(to)"
            }
        return SeatFact(
            from: time * 1000,
            to: (time + 1) * 1000,
            user: user,
            what: "\(what)\(until) (version \(version))",
            source: "redis",
            order: order,
            trace: trace,
            faults: []
        )
    }
}
