/// No change is left out: between the first and the last thing that a watcher was told, everything in the seats' log was told, over breaks too.
package struct SSEComplete: Invariant {
    package let id = "sse-complete"
    package let sentence = "on each stream no change is missing, also after a break"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasStreams }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let clients = evidence.clients.content, let redis = evidence.redis.content else {
            let gaps = [evidence.clients.gap, evidence.redis.gap].compactMap(\.self)
            return InvariantResult(id: id, witnesses: 0, reasons: gaps)
        }
        let read = StreamRead(clients.streams)
        let logs = EventLog.all(in: redis.log)
        var witnesses = 0
        var violations: [Violation] = []
        for stream in clients.streams.streams {
            guard let log = logs[stream.event] else { continue }
            for (number, connection) in stream.connections.enumerated() {
                for stretch in stretches(of: connection, read) {
                    let due = log.changes[log.count(through: stretch.after)..<log.count(through: stretch.last)]
                    witnesses += max(1, due.count)
                    let told = Set(stretch.told)
                    guard let missing = due.first(where: { !told.contains($0.position) }) else { continue }
                    let resumed = number > 0 ? ", after a break" : ""
                    violations.append(
                        StreamRead.violation(
                            stream,
                            missing.seat,
                            "was not told of the \(missing.operation) at \(missing.position) "
                                + "(version \(missing.version)), and was told of \(stretch.last)\(resumed)"
                        )
                    )
                }
            }
        }
        return InvariantResult(
            id: id,
            witnesses: witnesses,
            violations: violations,
            reasons: [redis.logGap].compactMap(\.self),
            counts: [
                "resumed": clients.streams.streams.reduce(0) { $0 + $1.connections.count { $0.lastEventID != nil } }
            ]
        )
    }

    /// Changes told one after the other since a whole map, or since what the watcher had when he came back.
    private struct Stretch {
        var after: LogPosition
        var last: LogPosition
        var told: [LogPosition] = []
    }

    private func stretches(of connection: StreamHistory.Connection, _ read: StreamRead) -> [Stretch] {
        var stretches: [Stretch] = []
        if let resumed = connection.lastEventID.flatMap({ LogPosition($0) }) {
            stretches.append(Stretch(after: resumed, last: resumed))
        }
        for arrival in connection.arrivals {
            let message = read.messages[arrival.message]
            guard let position = message.position else { continue }
            if message.isInitial {
                stretches.append(Stretch(after: position, last: position))
            } else if let place = stretches.indices.last {
                stretches[place].told.append(position)
                stretches[place].last = max(stretches[place].last, position)
            }
        }
        return stretches
    }
}
