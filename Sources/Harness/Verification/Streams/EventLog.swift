import Contract

/// The seats' log of one event, to be asked what watchers must have been told.
struct EventLog {
    /// The changes of seats, by position.
    let changes: [SeatLogEntry]
    /// Whether a part of it may be missing: Redis lost the event in the run.
    let hasHole: Bool
    /// Whether it was opened more than once: its seats were all free again.
    let isOpenedAgain: Bool

    /// The logs of every event in a log.
    static func all(in log: [SeatLogEntry]) -> [String: EventLog] {
        Dictionary(grouping: log, by: \.event).mapValues { entries in
            EventLog(
                changes: entries.filter { !$0.seat.isEmpty }.sorted { $0.position < $1.position },
                hasHole: entries.contains { $0.operation == SeatLogOpening.restore.rawValue },
                isOpenedAgain: entries.count(where: \.seat.isEmpty) > 1
            )
        }
    }

    /// The number of changes up to `position`, that one included.
    func count(through position: LogPosition) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].position <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The change at `position`.
    func change(at position: LogPosition) -> SeatLogEntry? {
        let count = count(through: position)
        guard count > 0, changes[count - 1].position == position else { return nil }
        return changes[count - 1]
    }

    /// The last version of each seat at a moment, in milliseconds since 1970 by Redis' clock.
    func versions(at time: Int64) -> [String: Int64] {
        var versions: [String: Int64] = [:]
        for change in changes[..<count(through: LogPosition(time: time, sequence: .max))] {
            versions[change.seat] = max(change.version, versions[change.seat] ?? 0)
        }
        return versions
    }
}
