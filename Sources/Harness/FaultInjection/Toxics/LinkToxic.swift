/// A toxic in the chain of one link.
struct LinkToxic {
    let record: ToxicRecord
    /// Whether the toxicity draw hit this connection.
    let isDrawn: Bool
    private(set) var state: ToxicState
    private var hasMatched = false
    private var hasApplied = false

    /// Keeps what was counted and remembered when the toxic is only updated.
    init(record: ToxicRecord, isDrawn: Bool, continuing previous: LinkToxic?, at now: UInt64) {
        self.record = record
        self.isDrawn = isDrawn
        state = previous?.state ?? ToxicState(since: now)
        hasMatched = previous?.hasMatched ?? false
        hasApplied = previous?.hasApplied ?? false
    }

    private var toxic: any Toxic { record.definition.toxic }
    var cut: Cut? { isDrawn ? toxic.cut(state) : nil }
    var endDelay: UInt64? { isDrawn ? toxic.endDelay : 0 }
    func longestDelay(behind offset: Int) -> UInt64 { isDrawn ? toxic.longestDelay(behind: offset) : 0 }

    /// Sends pieces through it, and counts them.
    mutating func pass(_ pieces: [Piece], _ random: inout SplitMix64) -> [Piece] {
        var passed: [Piece] = []
        for piece in pieces {
            record.counters.matchedChunks += 1
            record.counters.matchedBytes += UInt64(piece.length)
            countMatchedConnection()
            guard isDrawn else {
                passed.append(piece)
                continue
            }
            guard toxic.pass(piece, &state, &random, into: &passed) else { continue }
            record.counters.appliedChunks += 1
            record.counters.appliedBytes += UInt64(piece.length)
            countAppliedConnection()
        }
        return passed
    }

    /// It has ended the connection, perhaps one on which nothing was sent.
    mutating func countCut() {
        countMatchedConnection()
        countAppliedConnection()
    }

    /// The queue was shortened: the wire is busy until `latest` at most.
    mutating func clampBusy(to latest: UInt64) {
        state.busyUntil = min(state.busyUntil, latest)
    }

    private mutating func countMatchedConnection() {
        guard !hasMatched else { return }
        hasMatched = true
        record.counters.matchedConnections += 1
    }

    private mutating func countAppliedConnection() {
        guard !hasApplied else { return }
        hasApplied = true
        record.counters.appliedConnections += 1
    }
}
