/// A toxic in the chain of one link.
struct LinkToxic {
    let record: ToxicRecord
    /// Whether the toxicity draw hit this connection.
    let isDrawn: Bool
    private var hasMatched = false
    private var hasApplied = false

    init(record: ToxicRecord, isDrawn: Bool) {
        self.record = record
        self.isDrawn = isDrawn
    }

    /// Keeps what was counted once per connection when the toxic is only updated.
    init(record: ToxicRecord, isDrawn: Bool, continuing previous: LinkToxic?) {
        self.init(record: record, isDrawn: isDrawn)
        hasMatched = previous?.hasMatched ?? false
        hasApplied = previous?.hasApplied ?? false
    }

    /// Nanoseconds that a chunk of `length` bytes is held back here; counts it.
    mutating func delay(_ length: Int, random: inout SplitMix64) -> UInt64 {
        record.counters.matchedChunks += 1
        record.counters.matchedBytes += UInt64(length)
        if !hasMatched {
            hasMatched = true
            record.counters.matchedConnections += 1
        }
        guard isDrawn else { return 0 }
        let delay = record.definition.toxic.delay(random: &random)
        guard delay > 0 else { return 0 }
        record.counters.appliedChunks += 1
        record.counters.appliedBytes += UInt64(length)
        if !hasApplied {
            hasApplied = true
            record.counters.appliedConnections += 1
        }
        return delay
    }
}
