import Contract

/// What watchers are told is what the seats' log has, and what a watcher knows at the end of his stream is the truth.
package struct SSEConverges: Invariant {
    package let id = "sse-converges"
    package let sentence = "what watchers are told is true, and at the end they know the last state"

    /// How long a change may take to reach a watcher on a busy machine, in milliseconds.
    ///
    /// What comes later still is on its way: its stream, when it ends, cannot be told from one that would never have been told.
    static let grace: Int64 = 10_000

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasStreams }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let clients = evidence.clients.content, let redis = evidence.redis.content else {
            let gaps = [evidence.clients.gap, evidence.redis.gap].compactMap(\.self)
            return InvariantResult(id: id, witnesses: 0, reasons: gaps)
        }
        let read = StreamRead(clients.streams)
        let logs = EventLog.all(in: redis.log)
        var violations: [Violation] = []
        var witnesses = 0
        var behind = 0
        var judged: Set<Int> = []
        var maps: [String: ToldMaps] = [:]
        for stream in clients.streams.streams {
            guard let log = logs[stream.event] else { continue }
            for arrival in stream.connections.lazy.flatMap(\.arrivals) where judged.insert(arrival.message).inserted {
                witnesses += 1
                let message = clients.streams.messages[arrival.message]
                if let wrong = untruth(message, log, redis) {
                    violations.append(StreamRead.violation(stream, wrong.seat, wrong.what))
                }
                guard case .initial(let seats) = message.content, let position = read.messages[arrival.message].position
                else { continue }
                let received = clients.clock.wallMilliseconds(arrival.at) + redis.clockOffset + redis.clockError
                maps[stream.event, default: ToldMaps()].add(
                    .init(position: position, seats: seats, received: Int64(received.rounded(.up)), stream: stream)
                )
            }
            guard let end = stream.connections.last, end.status == 200, end.error == nil || end.error == "interrupted",
                let ended = end.ended,
                !wasBroken(evidence.faults, Double(ended - clients.clock.startMonotonic) / 1e9)
            else { continue }
            witnesses += 1
            let moment =
                Int64(clients.clock.wallMilliseconds(ended) + redis.clockOffset - redis.clockError) - Self.grace
            guard let stale = staleSeat(stream, read, log.versions(at: moment)) else { continue }
            if delay(of: stream, clients, redis) > Self.grace { behind += 1 } else { violations.append(stale) }
        }
        // Of what Redis lost, a map may have told; what a reset did to each seat is not in the log.
        for (event, maps) in maps.sorted(by: { $0.key < $1.key }) where redis.logGap == nil {
            if let log = logs[event], !log.hasHole, !log.isOpenedAgain { violations += maps.untruths(in: log) }
        }
        var reasons = [redis.logGap].compactMap(\.self)
        if behind > 0 {
            let age = "more than \(Self.grace / 1_000) s old"
            reasons.append(
                "\(behind) streams ended while what reached them last was \(age): what they lack may have been on its way"
            )
        }
        return InvariantResult(
            id: id,
            witnesses: witnesses,
            violations: violations,
            reasons: reasons
        )
    }

    /// How old the last change was that a stream heard of, when it did, in milliseconds; 0 where it heard of none.
    private func delay(of stream: StreamHistory.Stream, _ clients: ClientEvidence, _ redis: RedisEvidence) -> Int64 {
        for arrival in stream.connections.reversed().lazy.flatMap({ $0.arrivals.reversed() }) {
            let message = clients.streams.messages[arrival.message]
            guard case .update = message.content, let change = message.id.flatMap({ LogPosition($0) }) else { continue }
            let moment = clients.clock.wallMilliseconds(arrival.at) + redis.clockOffset + redis.clockError
            return Int64(moment) - change.time
        }
        return 0
    }

    /// Whether something was broken, or just had been, when a stream ended: its watcher may have been told nothing for long.
    private func wasBroken(_ faults: [FaultWindow], _ ended: Double) -> Bool {
        faults.contains { $0.from <= ended && ended <= $0.to + Double(Self.grace) / 1_000 }
    }

    /// How a message differs from the log; nil when it does not.
    private func untruth(
        _ message: StreamHistory.Message,
        _ log: EventLog,
        _ redis: RedisEvidence
    ) -> (seat: String, what: String)? {
        guard case .update(let update) = message.content, let position = message.id.flatMap({ LogPosition($0) }) else {
            return nil
        }
        guard let change = log.change(at: position) else {
            // Redis may have lost what it had told.
            guard !log.hasHole, redis.logGap == nil else { return nil }
            return (update.seatId, "was told of \(position), which the seats' log does not have")
        }
        guard change.seat == update.seatId, change.to == update.status.rawValue, change.version == update.version else {
            return (
                update.seatId,
                "was told at \(position) that \(update.seatId) is \(update.status.rawValue) in version \(update.version): "
                    + "in the seats' log \(change.seat) is \(change.to) in version \(change.version)"
            )
        }
        return nil
    }

    /// A seat of which the watcher's last knowledge is older than `truth`.
    private func staleSeat(
        _ stream: StreamHistory.Stream,
        _ read: StreamRead,
        _ truth: [String: Int64]
    ) -> Violation? {
        var known = [Int64](repeating: 0, count: read.seats.count)
        var isBegun = false
        for arrival in stream.connections.lazy.flatMap(\.arrivals) {
            let message = read.messages[arrival.message]
            isBegun = isBegun || message.isInitial
            for (seat, version) in message.seats { known[seat] = version }
        }
        guard isBegun else { return nil }
        for (seat, version) in truth.sorted(by: { $0.key < $1.key }) {
            let last = read.number(of: seat).map { known[$0] } ?? 0
            guard last < version else { continue }
            return StreamRead.violation(
                stream,
                seat,
                "ended with version \(last) of the seat, whose version was \(version) long before"
            )
        }
        return nil
    }
}
