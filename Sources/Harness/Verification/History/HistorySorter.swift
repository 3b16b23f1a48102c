import Contract
import Foundation

/// Turns requests to routes of the contract into what the clients were told.
struct HistorySorter {
    private let header: HistoryHeader
    private let decoder = JSONDecoder()
    private var evidence = ClientEvidence()
    private var tokens: Set<String> = []
    /// Orders posted, with when and which seats: whether they may have ended the hold is known only at the end.
    private var posted: [(user: String, seats: [SeatID], invoke: Double, order: String?)] = []

    init(header: HistoryHeader) { self.header = header }

    mutating func take(_ entry: HistoryEntry) throws {
        // One that the end of the run cut off says nothing.
        if entry.error != "interrupted" {
            let at = Double(entry.invoke - header.startMonotonic) / 1e9
            let isAnswered = entry.outcome == .ok || entry.outcome == .refused
            let until = Double(entry.return - header.startMonotonic) / 1e9
            evidence.requests.append(.init(at: at, until: until, isAnswered: isAnswered))
        }
        let path = entry.segments
        guard path.count >= 4, path[0] == "ticketing" else { return }
        switch (entry.method, path[1], path.count) {
        case ("POST", "reservation", 4) where path[3] == "reservations": try hold(entry)
        case ("POST", "reservation", 7) where path[6] == "extend":
            try extended(entry, SeatID(path[4], path[5]))
        case ("DELETE", "reservation", 6):
            if entry.outcome == .ok || entry.outcome == .unknown { mayEnd(entry, SeatID(path[4], path[5])) }
        case ("POST", "order", 4) where path[3] == "orders": try order(entry)
        case ("GET", "order", 5) where path[3] == "orders": try polled(entry)
        default: break
        }
    }

    func finish() -> ClientEvidence {
        var evidence = evidence
        for post in posted {
            if let order = post.order, evidence.orders[order]?.status == .confirmed { continue }
            for seat in post.seats {
                evidence.touches.append(.init(user: post.user, seat: seat, invoke: post.invoke, kind: .mayEnd))
            }
        }
        return evidence
    }

    private mutating func hold(_ entry: HistoryEntry) throws {
        guard entry.outcome == .ok else { return }
        let body = try entry.reply(as: HoldBody.self, decoder)
        guard let until = Timestamp.milliseconds(body.expiresAt) else {
            throw EvidenceError("history entry \(entry.i): expiresAt \(body.expiresAt) is not ISO-8601")
        }
        // Asked again by its holder, a hold is granted once.
        guard tokens.insert(body.holdToken).inserted else { return }
        evidence.grants.append(
            .init(
                user: entry.user,
                seat: SeatID(body.eventId, body.seatId),
                token: body.holdToken,
                from: until - SeatCallSorter.microseconds(body.holdSeconds) / 1000,
                until: until,
                invoke: header.wallMilliseconds(entry.invoke),
                version: body.version,
                index: entry.i,
                trace: entry.trace ?? body.traceId
            )
        )
    }

    private mutating func extended(_ entry: HistoryEntry, _ seat: SeatID) throws {
        switch entry.outcome {
        case .ok:
            let body = try entry.reply(as: ExtendBody.self, decoder)
            guard let until = Timestamp.milliseconds(body.expiresAt) else {
                throw EvidenceError("history entry \(entry.i): expiresAt \(body.expiresAt) is not ISO-8601")
            }
            evidence.touches.append(
                .init(
                    user: entry.user,
                    seat: seat,
                    invoke: header.wallMilliseconds(entry.invoke),
                    kind: .extended(until: until)
                )
            )
        case .unknown: mayEnd(entry, seat)
        case .refused, .failed: break
        }
    }

    private mutating func order(_ entry: HistoryEntry) throws {
        evidence.orderRequests += 1
        guard entry.outcome != .failed else { return }
        guard entry.outcome != .refused else { return }
        let asked = try? decoder.decode(CreateOrderRequest.self, from: Data((entry.body ?? "").utf8))
        let seats = asked.map { request in request.seatIds.map { SeatID(request.eventId, $0) } } ?? []
        var id: String?
        if entry.outcome == .ok {
            let body = try entry.reply(as: OrderBody.self, decoder)
            id = body.orderId
            let known = evidence.orders[body.orderId]?.status ?? body.status
            evidence.orders[body.orderId] = .init(
                id: body.orderId,
                user: entry.user,
                seats: body.seatIds.map { SeatID(body.eventId, $0) },
                status: known
            )
            if let key = entry.key {
                let placed = ClientEvidence.Placed(order: body.orderId, seats: seats, reply: entry.reply ?? "")
                evidence.placed[.init(user: entry.user, key: key), default: []].append(placed)
            }
        } else {
            evidence.unansweredKeys.insert(entry.key ?? "")
        }
        posted.append((entry.user, seats, header.wallMilliseconds(entry.invoke), id))
    }

    private mutating func polled(_ entry: HistoryEntry) throws {
        guard entry.outcome == .ok else { return }
        let body = try entry.reply(as: OrderBody.self, decoder)
        // Whoever was told CONFIRMED was promised the seats, whatever he is told later.
        guard evidence.orders[body.orderId]?.status != .confirmed else { return }
        evidence.orders[body.orderId]?.status = body.status
    }

    private mutating func mayEnd(_ entry: HistoryEntry, _ seat: SeatID) {
        evidence.touches.append(
            .init(user: entry.user, seat: seat, invoke: header.wallMilliseconds(entry.invoke), kind: .mayEnd)
        )
    }
}
