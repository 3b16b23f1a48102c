import Linearizability

extension SeatHistory {
    /// Gives the seats' versions to the clients' releases: the answer to a release has no body, and so names none.
    ///
    /// A release and its entry in the log are parts of the same trace.
    static func numberingReleases(of calls: [ClientSeatCall], by log: [SeatLogEntry]) -> [ClientSeatCall] {
        struct Key: Hashable {
            var seat: SeatID
            var trace: String
        }
        var versions: [Key: Int64] = [:]
        for entry in log where entry.operation == "release" && !entry.trace.isEmpty {
            versions[Key(seat: entry.seatID, trace: entry.trace)] = entry.version
        }
        return calls.map { call in
            guard call.action == .release, call.isChange, call.version == nil else { return call }
            var numbered = call
            numbered.version = versions[Key(seat: call.seat, trace: call.fact.trace)]
            return numbered
        }
    }
}
