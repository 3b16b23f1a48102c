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
    /// Whatever happens, the connection ends so.
    private(set) var cut: Cut?
    /// Ordered because the stream has lost bytes to a toxic that is gone.
    private var brokenCut: Cut?
    /// Ordered by a rule.
    private var ruleCut: Cut?
    /// When the end of the source may be passed on.
    private(set) var endDue: UInt64 = 0
    /// The end is not passed on at all.
    private(set) var swallowsEnd = false
    /// Due time of the alarm that is set, 0 for none.
    var alarm: UInt64 = 0

    init(capacity: Int, random: SplitMix64) {
        line = DelayLine(capacity: capacity)
        self.random = random
    }

    var wantsToRead: Bool { !sourceEnded && !sinkGone && !paused }
    var isFinished: Bool { sinkGone || sinkShut || (sourceEnded && line.isEmpty && swallowsEnd) }
    /// All that came before the reset is out, so the reset is due.
    var isCutOff: Bool { sourceReset && (line.isEmpty || sinkGone) }

    /// Sends bytes, in such pieces, through the chain and queues what comes out.
    ///
    /// Order is kept: what is held back less waits for what came before it.
    mutating func admit(_ bytes: UnsafeRawPointer, _ pieces: [Piece]) {
        var pieces = pieces
        for index in chain.indices {
            pieces = chain[index].pass(pieces, &random)
        }
        var offset = 0
        for piece in pieces {
            let due = max(piece.due, line.lastDue ?? 0)
            line.append(bytes.advanced(by: offset), piece.length, due: due, sealed: piece.isSealed)
            offset += piece.length
        }
        cut = earliestCut
    }

    /// A rule ends the connection.
    mutating func order(_ cut: Cut) {
        ruleCut = cut
        self.cut = earliestCut
    }

    /// The source has ended: says when the sink may know.
    mutating func end(at now: UInt64) {
        endDue = now
        swallowsEnd = false
        for toxic in chain {
            guard let delay = toxic.endDelay else {
                swallowsEnd = true
                return
            }
            endDue &+= delay
        }
    }

    /// The cut is due: counts it for the toxics that ordered it.
    mutating func countCut() {
        guard cut != ruleCut else { return }
        for index in chain.indices where chain[index].cut != nil {
            chain[index].countCut()
        }
    }

    /// A changed chain also governs what is still queued: nothing waits longer than it would if it came now.
    ///
    /// A stream that a toxic which is gone now has taken bytes out of is ended. `ruleDelay` is what rules may add.
    mutating func replaceChain(_ chain: [LinkToxic], at now: UInt64, ruleDelay: (_ offset: Int) -> UInt64) {
        let isBroken = self.chain.contains { old in
            old.state.hasLost && !chain.contains { $0.record === old.record }
        }
        self.chain = chain
        line.clamp { offset in now &+ chain.reduce(ruleDelay(offset)) { $0 &+ $1.longestDelay(behind: offset) } }
        let lastDue = line.lastDue ?? now
        for index in self.chain.indices {
            self.chain[index].clampBusy(to: lastDue)
        }
        if isBroken {
            brokenCut = Cut(due: now)
        }
        cut = earliestCut
        if sourceEnded {
            end(at: now)
        }
    }

    private var earliestCut: Cut? {
        var earliest = ruleCut ?? brokenCut
        for toxic in chain {
            guard let cut = toxic.cut, earliest.map({ cut.due < $0.due }) ?? true else { continue }
            earliest = cut
        }
        return earliest
    }
}
