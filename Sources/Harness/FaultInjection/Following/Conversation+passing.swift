/// What becomes of the bytes of the message under way.
extension Conversation {
    /// Treats the message's bytes up to `end` of the chunk.
    func emit(_ side: MessageSide, upTo end: Int) {
        guard !side.treatment.isPlain else {
            if !side.kept.isEmpty {
                passKept(side)
            }
            side.start = end
            return
        }
        flush(side, upTo: side.start)
        if side.treatment.isSwallowed {
            side.kept = []
        } else if side.treatment.needsWhole {
            keep(side, upTo: end)
            if side.kept.count > Self.longestCollected {
                passKept(side)
                side.treatment = .plain
            }
        } else {
            shape(side, upTo: end)
        }
        side.done = end
        side.start = end
    }

    /// The message is over.
    func finish(_ side: MessageSide) throws(Unfollowable) {
        side.isInside = false
        if side.stream == .upstream {
            try finishRequest()
        } else {
            finishReply()
        }
    }

    /// Everything passes from now on; rules are told that they see nothing here.
    ///
    /// Where the upstream or the caller has been kept from something already, the streams do not fit together any more, and the
    /// connection is closed.
    func stopFollowing(_ reason: String, _ side: MessageSide) {
        unfollowed = reason
        proxy.unfollowed[reason, default: 0] += 1
        for rule in proxy.rules where rule.definition.match.connection ?? number == number {
            rule.countUnseen(reason)
        }
        let isTorn = exchanges.containsUnrelayed || up.isBeingSwallowed || down.isBeingSwallowed
        exchanges.removeAll()
        guard isTorn else {
            passKept(up)
            passKept(down)
            return
        }
        lose(side)
        cut = (.downstream, Cut(due: 0, delivers: true))
    }

    /// A message that was collected leaves, in its shape.
    func passWhole(_ side: MessageSide, _ bytes: [UInt8]) {
        let pieces = side.treatment.shaping?.pieces(bytes.count, at: monotonicNow())
        append(Parcel(stream: side.stream, content: .own(bytes), pieces: pieces))
        side.kept = []
    }

    private func shape(_ side: MessageSide, upTo end: Int) {
        let now = monotonicNow()
        if !side.kept.isEmpty {
            let pieces = side.treatment.shaping?.pieces(side.kept.count, at: now)
            append(Parcel(stream: side.stream, content: .own(side.kept), pieces: pieces))
            side.kept = []
        }
        if end > side.start {
            let pieces = side.treatment.shaping?.pieces(end - side.start, at: now)
            append(Parcel(stream: side.stream, content: .chunk(side.start..<end), pieces: pieces))
        }
    }
}
