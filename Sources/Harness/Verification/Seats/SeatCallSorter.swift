import Contract
import Foundation
import Linearizability

/// Picks what clients did to seats out of their requests.
struct SeatCallSorter {
    private let header: HistoryHeader
    private let decoder = JSONDecoder()
    private var calls: [ClientSeatCall] = []
    /// What changes seats without a call to them.
    private(set) var orders: [ClientSeatOrder] = []
    private var texts = SharedText()

    init(header: HistoryHeader) { self.header = header }

    mutating func take(_ entry: HistoryEntry) throws {
        let path = entry.segments
        guard path.count >= 4, path[0] == "ticketing", entry.outcome != .failed else { return }
        switch (entry.method, path[1], path.count) {
        case ("POST", "reservation", 4) where path[3] == "reservations": try hold(entry)
        case ("POST", "reservation", 7) where path[6] == "extend":
            try change(entry, .extend, SeatID(path[4], path[5]))
        case ("POST", "reservation", 7) where path[6] == "confirm":
            ordered(entry, [SeatID(path[4], path[5])], status: nil)
        case ("DELETE", "reservation", 6): try change(entry, .release, SeatID(path[4], path[5]))
        case ("POST", "order", 4) where path[3] == "orders":
            let asked = try? decoder.decode(CreateOrderRequest.self, from: Data((entry.body ?? "").utf8))
            ordered(
                entry,
                asked.map { asked in asked.seatIds.map { SeatID(asked.eventId, $0) } } ?? [],
                status: entry.status
            )
        default: break
        }
    }

    /// A refused order too may have pinned its seats for a while.
    private mutating func ordered(_ entry: HistoryEntry, _ seats: [SeatID], status: Int?) {
        let from = Int64(header.wallMilliseconds(entry.invoke) * 1000)
        let to = Int64(header.wallMilliseconds(entry.return) * 1000)
        orders.append(
            ClientSeatOrder(
                seats: seats,
                user: entry.user,
                invoke: from,
                return: to,
                status: status,
                index: entry.i
            )
        )
    }

    private mutating func add(_ call: ClientSeatCall) {
        var call = call
        call.seat = SeatID(texts.share(call.seat.event), texts.share(call.seat.seat))
        call.user = texts.share(call.user)
        call.fact.user = call.user
        if call.outcome != .ok { call.fact.what = texts.share(call.fact.what) }
        calls.append(call)
    }

    /// All that was picked, in the order of the history.
    func finish() -> [ClientSeatCall] { calls.sorted { ($0.invoke, $0.index) < ($1.invoke, $1.index) } }

    private mutating func hold(_ entry: HistoryEntry) throws {
        guard let asked = try? decoder.decode(HoldRequest.self, from: Data((entry.body ?? "").utf8)) else {
            return
        }
        let seat = SeatID(asked.eventId, asked.seatId)
        let wish = "asked for the seat for \(asked.holdSeconds) s"
        if entry.outcome == .refused && entry.status != 409 { return }
        var call = call(entry, .hold, seat, wish)
        call.ttl = Self.microseconds(asked.holdSeconds)
        if entry.outcome == .ok {
            let reply = try entry.reply(as: HoldBody.self, decoder)
            call.version = reply.version
            call.deadline = Timestamp.milliseconds(reply.expiresAt).map { $0 * 1000 }
            call.fact.what = "\(wish): granted until \(reply.expiresAt) (version \(reply.version))"
        }
        add(call)
    }

    private mutating func change(_ entry: HistoryEntry, _ action: SeatModel.Operation.Action, _ seat: SeatID) throws {
        // An unknown seat or a field out of range says nothing of the seat.
        if entry.outcome == .refused && ![403, 409, 410].contains(entry.status) { return }
        var call = call(entry, action, seat, action == .extend ? "asked to hold the seat longer" : "gave the seat back")
        if action == .extend {
            let asked = try? decoder.decode(ExtendRequest.self, from: Data((entry.body ?? "").utf8))
            call.ttl = Self.microseconds(asked?.seconds ?? 600)
            if entry.outcome == .ok {
                let reply = try entry.reply(as: ExtendBody.self, decoder)
                call.version = reply.version
                call.deadline = Timestamp.milliseconds(reply.expiresAt).map { $0 * 1000 }
                call.fact.what += " (until \(reply.expiresAt), version \(reply.version))"
            }
        }
        add(call)
    }

    /// Of seconds that somebody wrote down, and which can be any number.
    static func microseconds(_ seconds: Int) -> Int64 { Int64(max(0, min(seconds, 1_000_000_000))) * 1_000_000 }

    private func call(
        _ entry: HistoryEntry,
        _ action: SeatModel.Operation.Action,
        _ seat: SeatID,
        _ wish: String
    ) -> ClientSeatCall {
        let outcomes: [Int: SeatModel.Operation.Outcome] = [403: .notHolder, 409: .conflict, 410: .gone]
        let words = [403: "refused, another has it", 409: "refused, it is taken", 410: "refused, there is no hold"]
        let isUnknown = entry.outcome == .unknown
        let from = Int64(header.wallMilliseconds(entry.invoke) * 1000)
        let to = Int64(header.wallMilliseconds(entry.return) * 1000)
        let answer = isUnknown ? "no answer (\(entry.error ?? "\(entry.status)"))" : words[entry.status] ?? "done"
        return ClientSeatCall(
            seat: seat,
            user: entry.user,
            action: action,
            outcome: entry.outcome == .refused ? outcomes[entry.status] ?? .conflict : .ok,
            isOptional: isUnknown,
            invoke: from,
            return: to,
            index: entry.i,
            fact: SeatFact(
                from: from,
                to: to,
                user: entry.user,
                what: "\(wish): \(answer)",
                source: "clients",
                order: "",
                trace: entry.trace ?? "",
                faults: entry.faults ?? []
            )
        )
    }
}
