import RedisClient
import Testing
import TicketingTestKit

@testable import Catalog

@Suite("A feed of seats", .timeLimit(.minutes(1)))
struct SeatFeedTests {
    private func makeFeed() async throws -> SeatFeed {
        let stores = try await TestStores.shared()
        let event = try await stores.makeEvent(seats: ["R1C1"])
        return SeatFeed(event: event, configuration: stores.redis.configuration, logger: TestLog.quiet)
    }

    @Test("a subscriber who does not read is dropped when his buffer is full, and the others are not")
    func slowReader() async throws {
        let feed = try await makeFeed()
        let slow = try #require(try await feed.subscribe())
        let quick = try #require(try await feed.subscribe())
        var reading = quick.items.makeAsyncIterator()
        for _ in 0..<SeatFeed.buffer + 10 {
            feed.tell(.heartbeat)
            _ = await reading.next()
        }
        // What had been buffered is still there, and then the items end.
        #expect(await slow.items.reduce(0) { count, _ in count + 1 } == SeatFeed.buffer)
        feed.tell(.heartbeat)
        #expect(await reading.next() != nil)
        await feed.stop()
    }

    @Test("a feed is over when its last subscriber leaves, and takes no other")
    func lastLeaves() async throws {
        let feed = try await makeFeed()
        let first = try #require(try await feed.subscribe())
        let second = try #require(try await feed.subscribe())
        #expect(!feed.unsubscribe(first.id))
        #expect(feed.unsubscribe(second.id))
        let third = try await feed.subscribe()
        #expect(third == nil)
        await feed.stop()
    }
}
