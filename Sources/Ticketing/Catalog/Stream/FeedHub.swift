import Contract
import Logging
import Metrics
import RedisClient
import ServiceKit
import ServiceLifecycle
import Synchronization

/// The feeds of all events that somebody watches; one each, whatever the number of watchers.
final class FeedHub: Service {
    /// Events that may be watched at once in this process: each has a connection and a thread.
    private static let limit = 128
    private static let heartbeat = Duration.seconds(15)

    private let configuration: RedisConfiguration
    private let alter: SeatLog.Alteration?
    private let logger: Logger
    private let feeds = Mutex<[String: SeatFeed]>([:])
    private let watchers = Meter(label: "seat_stream_watchers")

    init(configuration: RedisConfiguration, altering alter: SeatLog.Alteration? = nil, logger: Logger) {
        self.configuration = configuration
        self.alter = alter
        self.logger = logger
    }

    /// Keeps the streams alive until the process stops.
    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.heartbeat)
                    for feed in self.all { feed.tell(.heartbeat) }
                }
            }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
        for feed in all { await feed.stop() }
    }

    /// Calls `watch` with a subscription to `event`, and ends it afterwards.
    func withSubscription(to event: String, _ watch: (FeedSubscription) async throws -> Void) async throws {
        let (feed, subscription) = try await subscribe(event)
        watchers.increment(by: 1)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await watch(subscription))
        } catch {
            outcome = .failure(error)
        }
        watchers.decrement(by: 1)
        if feed.unsubscribe(subscription.id) { await retire(feed) }
        try outcome.get()
    }

    private var all: [SeatFeed] { feeds.withLock { Array($0.values) } }

    private func subscribe(_ event: String) async throws -> (SeatFeed, FeedSubscription) {
        while true {
            let feed = try feed(of: event)
            do {
                if let subscription = try await feed.subscribe() { return (feed, subscription) }
            } catch {
                await retire(feed)
                throw ServiceError.upstream("Redis", error)
            }
            // The last watcher has just left and taken the feed along.
            await retire(feed)
            try Task.checkCancellation()
        }
    }

    private func feed(of event: String) throws -> SeatFeed {
        try feeds.withLock { feeds in
            if let feed = feeds[event] { return feed }
            guard feeds.count < Self.limit else {
                throw ServiceError(.upstreamUnavailable, "too many events are being watched here", retryAfter: 5)
            }
            let feed = SeatFeed(event: event, configuration: configuration, altering: alter, logger: logger)
            feeds[event] = feed
            return feed
        }
    }

    private func retire(_ feed: SeatFeed) async {
        feeds.withLock { feeds in
            if feeds[feed.event] === feed { feeds[feed.event] = nil }
        }
        await feed.stop()
    }
}
