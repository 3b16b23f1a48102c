/// A request whose reply is still to come.
struct Exchange {
    enum Fate {
        case relayed
        /// The reply to the second copy of a request: nobody waits for it.
        case swallowed
        /// The upstream never saw the request; this is what the caller is told.
        case answered([UInt8])
    }

    /// As the dialect gave it.
    let tag: UInt64
    /// That may act on the reply.
    var rules: [RuleRecord] = []
    var fate = Fate.relayed
    /// The whole request has been read: an answer of our own may go.
    var isComplete = false

    var isRelayed: Bool {
        if case .relayed = fate { true } else { false }
    }
}

/// The exchanges of a connection, oldest first.
struct ExchangeQueue {
    static let maximum = 65_536
    private var exchanges: [Exchange] = []
    private var head = 0

    var isEmpty: Bool { head == exchanges.count }
    var count: Int { exchanges.count - head }
    var first: Exchange? { head < exchanges.count ? exchanges[head] : nil }
    var firstTag: UInt64? { head < exchanges.count ? exchanges[head].tag : nil }
    var containsUnrelayed: Bool { exchanges[head...].contains { !$0.isRelayed } }

    mutating func append(_ exchange: Exchange) throws(Unfollowable) {
        guard count < Self.maximum else { throw Unfollowable.tooManyRequests }
        exchanges.append(exchange)
    }

    mutating func removeFirst() {
        head += 1
        if head == exchanges.count {
            exchanges.removeAll(keepingCapacity: exchanges.capacity <= 64)
            head = 0
        } else if head >= 1_024, head > exchanges.count / 2 {
            exchanges.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() {
        exchanges = []
        head = 0
    }

    /// The latest request has been read to its end.
    mutating func completeLast() {
        guard !isEmpty else { return }
        exchanges[exchanges.count - 1].isComplete = true
    }
}
