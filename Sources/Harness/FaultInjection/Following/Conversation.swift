/// Both streams of one connection, read along, and what the proxy's rules do to their messages.
///
/// Fed with chunks as they are read, it hands on parcels. Confined to the relay's thread.
///
/// **After a loss.** Where replies have no names (Redis, MySQL, HTTP/1.1), the reply that follows a lost one would be taken for it, so none
/// follows: after `drop` nothing passes on that connection in the direction of the message; after the drop of a *reply* no request is
/// forwarded either, so that nothing more is carried out than the caller may suspect. The connection stays open, as over a dead wire, until
/// a peer closes it or the rule ends, which closes it. Kafka's replies carry the number of their request: there only the one is lost.
final class Conversation {
    /// A message that must be whole for what is done to it is passed on untouched if it is longer.
    static let longestCollected = 4 * 1_024 * 1_024

    let dialect: any Dialect
    let proxy: RelayProxy
    /// From 1.
    let number: UInt64
    let up = MessageSide(.upstream)
    let down = MessageSide(.downstream)
    var exchanges = ExchangeQueue()
    /// What the last chunk came to.
    private(set) var parcels: [Parcel] = []
    /// How the connection is to end, and the stream whose bytes go first.
    var cut: (stream: Stream, cut: Cut)?
    /// Why it is not followed any more.
    var unfollowed: String?
    /// Nothing passes in that direction any more.
    var silencedUp: RuleRecord?
    var silencedDown: RuleRecord?
    /// What is being fed; valid for that long.
    private(set) var chunk = UnsafeRawBufferPointer(start: nil, count: 0)

    init(proxy: RelayProxy, dialect: any Dialect, number: UInt64) {
        self.proxy = proxy
        self.dialect = dialect
        self.number = number
    }

    func isSilenced(by rule: RuleRecord) -> Bool { silencedUp === rule || silencedDown === rule }

    /// Takes a chunk.
    /// - Returns: true if it passes just as it is; otherwise ``takeParcels()`` has what passes.
    func feed(_ stream: Stream, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !isSilenced(stream), cut == nil else { return false }
        guard unfollowed == nil else { return true }
        let side = side(stream)
        chunk = bytes
        side.done = 0
        side.start = 0
        do {
            try follow(side)
        } catch {
            stopFollowing(error.reason, side)
        }
        return handOver(side, bytes.count)
    }

    /// The stream has ended: what was kept of an unfinished message passes.
    func end(_ stream: Stream) {
        guard !isSilenced(stream), cut == nil else { return }
        passKept(side(stream))
    }

    func takeParcels() -> [Parcel] {
        defer { parcels = [] }
        return parcels
    }

    func append(_ parcel: Parcel) {
        guard parcel.content.count > 0 else { return }
        parcels.append(parcel)
    }

    private func side(_ stream: Stream) -> MessageSide { stream == .upstream ? up : down }

    private func isSilenced(_ stream: Stream) -> Bool {
        stream == .upstream ? silencedUp != nil : silencedDown != nil
    }

    private func follow(_ side: MessageSide) throws(Unfollowable) {
        let bytes = chunk
        var offset = 0
        while offset < bytes.count {
            if !side.isInside {
                begin(side, at: offset)
            }
            let mark: Mark
            if side.stream == .upstream {
                mark = try dialect.readRequest(bytes, &offset)
            } else {
                mark = try dialect.readReply(bytes, &offset, to: exchanges.firstTag)
            }
            guard mark != .more else { return }
            if !side.isDecided {
                try decide(side)
                guard !isSilenced(side.stream) else {
                    return lose(side)
                }
            }
            if mark == .end {
                emit(side, upTo: offset)
                try finish(side)
            }
        }
    }

    private func begin(_ side: MessageSide, at offset: Int) {
        let isRequest = side.stream == .upstream
        let hasRules = !proxy.rules.isEmpty
        // The head of a reply is its first bytes, so all of them are held back until it is known whose they are.
        side.begin(at: offset, held: !isRequest || proxy.holdsRequests, captured: isRequest && hasRules)
        if isRequest {
            dialect.beginRequest(isCaptured: hasRules)
        }
    }

    private func decide(_ side: MessageSide) throws(Unfollowable) {
        side.isDecided = true
        if side.stream == .upstream {
            try decideRequest()
        } else {
            try decideReply()
        }
    }

    /// From the message under way on, nothing passes.
    func lose(_ side: MessageSide) {
        flush(side, upTo: side.start)
        side.done = chunk.count
        side.kept = []
    }

    /// The chunk is read: what has not been handed on yet passes, or is kept.
    private func handOver(_ side: MessageSide, _ count: Int) -> Bool {
        if unfollowed == nil, side.isInside {
            if side.isDecided {
                emit(side, upTo: count)
            } else if side.isHeld, !isSilenced(side.stream) {
                flush(side, upTo: side.start)
                keep(side, upTo: count)
            } else {
                side.hasLeaked = true
            }
        }
        if side.done == 0, parcels.isEmpty, cut == nil {
            return true
        }
        flush(side, upTo: count)
        return false
    }

    /// What lies before the message under way passes just as it is.
    func flush(_ side: MessageSide, upTo end: Int) {
        if end > side.done {
            append(Parcel(stream: side.stream, content: .chunk(side.done..<end)))
        }
        side.done = max(side.done, end)
    }

    /// The message under way waits until more is known.
    func keep(_ side: MessageSide, upTo end: Int) {
        side.kept.append(contentsOf: chunk[side.start..<end])
        side.done = end
        side.start = end
    }

    /// What was kept of a message passes after all.
    func passKept(_ side: MessageSide) {
        append(Parcel(stream: side.stream, content: .own(side.kept)))
        side.kept = []
    }
}
