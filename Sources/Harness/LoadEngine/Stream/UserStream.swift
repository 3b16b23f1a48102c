/// A user's subscription to a feed, over all the connections that carry it.
///
/// ```
/// connecting ─ head ─▶ receiving ─ its time is over ─▶ over
///      ▲                   │ a break, before its time is over
///      └─ Last-Event-ID ─ waiting
/// ```
final class UserStream {
    /// In the run.
    let number: Int
    let plan: RequestPlan
    let feed: Feed
    let isRecorded: Bool
    private unowned let engine: EngineThread
    private(set) var parser = EventParser()
    /// When it is over, ns of CLOCK_MONOTONIC; 0 before its first connection.
    private(set) var endsAt: UInt64 = 0
    /// Of the connection under way, from 0.
    private(set) var connection = -1
    /// Whether the history has this connection's beginning.
    var isAnnounced = false
    /// What the history is still to be told: numbers of messages, and when they came.
    var arrivals: [(message: Int, at: UInt64)] = []
    /// Of the thread; his place is his as long as the stream is.
    let user: Int
    var progress = StreamProgress()
    /// Updates that took longer than is expected.
    var late: UInt64 = 0

    init(number: Int, user: Int, plan: RequestPlan, feed: Feed, isRecorded: Bool, engine: EngineThread) {
        self.number = number
        self.user = user
        self.plan = plan
        self.feed = feed
        self.isRecorded = isRecorded
        self.engine = engine
    }

    /// A connection has been begun.
    func connect(at now: UInt64, duration: UInt64) {
        connection += 1
        isAnnounced = false
        parser.restart()
        progress.isResuming = connection > 0 && !parser.lastEventID.isEmpty
        if endsAt == 0 { endsAt = now + duration }
    }

    /// Takes a piece of the stream that has just been read.
    func consume(_ bytes: UnsafeBufferPointer<UInt8>) {
        let now = monotonicNow()
        parser.consume(bytes) { engine.received($0, self, at: now) }
    }
}
