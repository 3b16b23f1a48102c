/// What a user has seen of a feed so far, and whether it was in order.
///
/// Takes 8 bytes a seat and user: up to the first change of a seat they are shared by all who began with the same `INIT`.
struct StreamProgress {
    private(set) var events: UInt64 = 0
    /// Events whose position was not above the one before, and seats whose version was not.
    private(set) var outOfOrder: UInt64 = 0
    /// Changes of a seat that lie between two versions received: they were never told.
    private(set) var missed: UInt64 = 0
    /// Fresh `INIT`s where the events missed in a break had been asked for.
    private(set) var restarts: UInt64 = 0
    var isResuming = false
    private var position: EventPosition?
    /// By the feed's number of the seat; 0 while nothing is known.
    private var versions: [Int64] = []

    mutating func take(_ message: FeedMessage) {
        events += 1
        switch message.content {
        case .initial(let initial): restart(initial)
        case .update(let seat, let version): update(seat, version)
        case .other: break
        }
        // An `INIT` has the position of the last change before it, which may be the one before.
        if case .initial = message.content {} else { rise(to: message.position) }
        isResuming = false
        position = message.position ?? position
    }

    private mutating func rise(to next: EventPosition?) {
        if let position, let next, next <= position { outOfOrder += 1 }
    }

    private mutating func restart(_ initial: [Int64]) {
        if isResuming { restarts += 1 }
        for seat in versions.indices where seat < initial.count && initial[seat] != 0 && initial[seat] < versions[seat]
        {
            outOfOrder += 1
        }
        versions = initial
    }

    private mutating func update(_ seat: Int, _ version: Int64) {
        while versions.count <= seat { versions.append(0) }
        let known = versions[seat]
        guard known == 0 || version > known else {
            outOfOrder += 1
            return
        }
        // A version is epoch · 2³² + n, and only n counts changes.
        if known != 0, known >> 32 == version >> 32 { missed += UInt64(version - known - 1) }
        versions[seat] = version
    }
}
