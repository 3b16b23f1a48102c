import Contract
import Foundation
import Linearizability

/// Picks what clients did to seats out of their requests.
struct SeatCallSorter {
    private let header: HistoryHeader
    private let decoder = JSONDecoder()
    private var calls: [ClientSeatCall] = []
    private var texts = SharedText()

    init(header: HistoryHeader) { self.header = header }

    mutating func take(_ entry: HistoryEntry) throws {
        let path = entry.path.split(separator: "?", maxSplits: 1)[0].split(separator: "/").map(String.init)
        guard path.count >= 4, path[0] == "ticketing", path[1] == "reservation", entry.outcome != .failed else {
            return
        }
        switch (entry.method, path.count) {
        case ("POST", 4) where path[3] == "reservations": try hold(entry)
        case ("POST", 7) where path[6] == "extend": try change(entry, .extend, SeatID(path[4], path[5]))
        case ("DELETE", 6): try change(entry, .release, SeatID(path[4], path[5]))
        default: break
        }
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
        call.ttl = Int64(asked.holdSeconds) * 1_000_000
        if entry.outcome == .ok {
            let reply = try decode(HoldBody.self, entry)
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
            call.ttl = Int64(asked?.seconds ?? 600) * 1_000_000
            if entry.outcome == .ok {
                let reply = try decode(ExtendBody.self, entry)
                call.version = reply.version
                call.deadline = Timestamp.milliseconds(reply.expiresAt).map { $0 * 1000 }
                call.fact.what += " (until \(reply.expiresAt), version \(reply.version))"
            }
        }
        add(call)
    }

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

    private func decode<Body: Decodable>(_ type: Body.Type, _ entry: HistoryEntry) throws -> Body {
        do {
            return try decoder.decode(type, from: Data((entry.reply ?? "").utf8))
        } catch {
            throw EvidenceError(
                "history entry \(entry.i): \(entry.method) \(entry.path) was answered with no \(type): \(error)"
            )
        }
    }
}
