/// What a watcher is told goes forward: positions and each seat's version rise, over breaks too.
package struct SSEMonotonic: Invariant {
    package let id = "sse-monotonic"
    package let sentence = "on each stream positions and versions rise"

    package init() {}

    package func isAsked(of evidence: Evidence) -> Bool { evidence.hasStreams }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let clients = evidence.clients.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: [evidence.clients.gap].compactMap(\.self))
        }
        let read = StreamRead(clients.streams)
        var witnesses = 0
        var violations: [Violation] = []
        for stream in clients.streams.streams {
            witnesses += stream.connections.reduce(0) { $0 + $1.arrivals.count }
            // The first is enough: what follows a step back is often one.
            if let fall = firstFall(stream, read) { violations.append(fall) }
        }
        return InvariantResult(
            id: id,
            witnesses: witnesses,
            violations: violations,
            counts: ["streams": clients.streams.streams.count]
        )
    }

    private func firstFall(_ stream: StreamHistory.Stream, _ read: StreamRead) -> Violation? {
        var versions = [Int64](repeating: 0, count: read.seats.count)
        var position: LogPosition?
        for arrival in stream.connections.lazy.flatMap(\.arrivals) {
            let message = read.messages[arrival.message]
            if message.isStrange {
                return StreamRead.violation(stream, "", "was told what the contract does not know")
            }
            if let last = position, let next = message.position, next < last || (next == last && !message.isInitial) {
                return StreamRead.violation(stream, "", "was told of position \(next) after \(last)")
            }
            position = message.position ?? position
            for (seat, version) in message.seats {
                let known = versions[seat]
                // The whole map repeats what has not changed.
                guard version > known || (message.isInitial && version == known) else {
                    return StreamRead.violation(
                        stream,
                        read.seats[seat],
                        "was told of version \(version) after version \(known)"
                    )
                }
                versions[seat] = version
            }
        }
        return nil
    }
}
