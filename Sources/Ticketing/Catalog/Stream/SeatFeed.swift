import Logging
import RedisClient
import ServiceKit
import Synchronization

/// What a feed tells its subscribers.
enum FeedItem: Sendable {
    case changes(SeatLogBatch)
    case heartbeat
    /// The process is stopping.
    case closing
}

/// A subscriber's end of a feed; ends when the subscriber was too slow, or has been closed.
struct FeedSubscription: Sendable {
    let id: Int
    let items: AsyncStream<FeedItem>
    let continuation: AsyncStream<FeedItem>.Continuation

    /// Says goodbye and ends the items.
    func close() {
        continuation.yield(.closing)
        continuation.finish()
    }
}

/// Follows the log of one event and hands each entry to all who watch it.
final class SeatFeed: Sendable {
    /// How many items a subscriber may be behind before it is dropped.
    static let buffer = 4096
    /// The pause after a telling, for each who was told.
    ///
    /// A write takes 20 to 60 µs: about half of the process' loop is left for others. What changes meanwhile is told in one go.
    private static let pause = Duration.microseconds(100)
    private static let longestPause = Duration.milliseconds(500)

    private struct State {
        var subscribers: [Int: AsyncStream<FeedItem>.Continuation] = [:]
        var nextID = 0
        var isOver = false
    }

    let event: String
    private let log: SeatLog
    private let redis: RedisClient
    private let logger: Logger
    private let state = Mutex(State())
    private let follower = Mutex<Task<Void, Never>?>(nil)
    /// Where the feed begins: entries up to here were there before any subscriber.
    private let start: Task<StreamPosition, any Error>

    init(
        event: String,
        configuration: RedisConfiguration,
        altering alter: SeatLog.Alteration? = nil,
        logger: Logger
    ) {
        self.event = event
        self.logger = logger
        let log = SeatLog(event: event, altering: alter)
        // A blocking read holds up everything behind it, so the feed has a connection of its own.
        let redis = RedisClient(configuration, logger: logger)
        self.log = log
        self.redis = redis
        start = Task {
            guard let end = try await log.end(redis) else { throw ServiceError.internalError }
            return end
        }
    }

    /// Subscribes; nothing when the feed has ended, and a new one is needed.
    ///
    /// Every entry that is written to the log from now on will be among the items.
    func subscribe() async throws -> FeedSubscription? {
        let start = try await start.value
        let (items, continuation) = AsyncStream.makeStream(
            of: FeedItem.self,
            bufferingPolicy: .bufferingOldest(Self.buffer)
        )
        let id: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.nextID += 1
            state.subscribers[state.nextID] = continuation
            return state.nextID
        }
        guard let id else { return nil }
        follower.withLock { follower in
            if follower == nil { follower = Task { await self.follow(from: start) } }
        }
        return FeedSubscription(id: id, items: items, continuation: continuation)
    }

    /// Ends a subscription.
    ///
    /// - Returns: Whether it was the last one: the feed is over then, and must be stopped.
    func unsubscribe(_ id: Int) -> Bool {
        state.withLock { state in
            state.subscribers.removeValue(forKey: id)?.finish()
            guard state.subscribers.isEmpty, !state.isOver else { return false }
            state.isOver = true
            return true
        }
    }

    /// Stops reading and closes the connection.
    func stop() async {
        state.withLock { $0.isOver = true }
        follower.withLock { $0 }?.cancel()
        start.cancel()
        await redis.close()
    }

    /// Tells all subscribers.
    ///
    /// - Returns: How many there are.
    @discardableResult
    func tell(_ item: FeedItem) -> Int {
        let (slow, count) = state.withLock { state in
            var slow: [AsyncStream<FeedItem>.Continuation] = []
            for continuation in state.subscribers.values {
                // Never a reason to buffer without limit: the reader may come back with Last-Event-ID.
                if case .dropped = continuation.yield(item) { slow.append(continuation) }
            }
            return (slow, state.subscribers.count)
        }
        for continuation in slow { continuation.finish() }
        return count
    }

    private func follow(from start: StreamPosition) async {
        var position = start
        var backoff = Backoff(cap: .seconds(1))
        while !Task.isCancelled, !state.withLock({ $0.isOver }) {
            do {
                let entries = try await log.next(after: position, redis)
                backoff.reset()
                guard let changes = SeatLogBatch(entries) else { continue }
                position = entries[entries.count - 1].position
                let watchers = tell(.changes(changes))
                try? await Task.sleep(for: min(Self.pause * watchers, Self.longestPause))
            } catch {
                if Task.isCancelled { return }
                logger.warning(
                    "cannot follow a log; trying again",
                    metadata: ["event": "\(event)", "error": "\(error)"]
                )
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}
