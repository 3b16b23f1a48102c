/// One direction of one connection: what is read from `source` goes through the chain of toxics to the sink.
struct Link {
    /// Not yet delivered.
    var line: DelayLine
    /// Empty in the fast path.
    var chain: [LinkToxic] = []
    var random: SplitMix64
    /// The source said that nothing more comes.
    var sourceEnded = false
    /// It ended with a reset, which the sink gets to see too, after the bytes that came before.
    var sourceReset = false
    /// The end was passed on.
    var sinkShut = false
    /// The sink takes nothing any more; what was meant for it is gone.
    var sinkGone = false
    /// The line was full; reading resumes once it is half empty.
    var paused = false
    /// The sink's kernel buffer is full: wait for EPOLLOUT.
    var blocked = false
    /// Due time of the alarm that is set, 0 for none.
    var alarm: UInt64 = 0

    init(capacity: Int, random: SplitMix64) {
        line = DelayLine(capacity: capacity)
        self.random = random
    }

    var wantsToRead: Bool { !sourceEnded && !sinkGone && !paused }
    var isFinished: Bool { sinkGone || sinkShut }
    /// All that came before the reset is out, so the reset is due.
    var isCutOff: Bool { sourceReset && (line.isEmpty || sinkGone) }

    /// Sends a chunk of `length` bytes, arrived at `now`, through the chain, counts it, and says when it may leave.
    mutating func due(_ length: Int, at now: UInt64) -> UInt64 {
        var due = now
        for index in chain.indices {
            due &+= chain[index].delay(length, random: &random)
        }
        // Order is kept: a chunk with less jitter waits for the one before it.
        return max(due, line.lastDue ?? 0)
    }

    /// A changed chain also governs what is still queued: nothing waits longer than it would if it came now.
    mutating func replaceChain(_ chain: [LinkToxic], at now: UInt64) {
        self.chain = chain
        let longest = chain.reduce(0) { $0 &+ ($1.isDrawn ? $1.record.definition.toxic.longestDelay : 0) }
        line.clamp(to: now &+ longest)
    }
}
