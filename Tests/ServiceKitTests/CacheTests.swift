import Testing
import TicketingTestKit

@testable import ServiceKit

@Suite("Single flight")
struct CacheTests {
    private struct Broken: Error {}

    @Test("a thousand who ask at once cause one load")
    func oneLoad() async throws {
        let loads = TestCounter()
        let gate = AsyncStream<Void>.makeStream()
        let cache = SingleFlightCache<Int>(capacity: 10) { _ in
            loads.increment()
            for await _ in gate.stream {}
            return 7
        }
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<1000 { group.addTask { try await cache.value(for: "a") } }
            gate.continuation.finish()
            for try await value in group { #expect(value == 7) }
        }
        #expect(loads.value == 1)
    }

    @Test("a stale value is loaded again, a fresh one is not")
    func stale() async throws {
        let loads = TestCounter()
        let cache = SingleFlightCache<Int64>(capacity: 10) { _ in
            loads.increment()
            return loads.value
        }
        #expect(try await cache.value(for: "a") == 1)
        #expect(try await cache.value(for: "a") { $0 == 2 } == 1)
        #expect(try await cache.value(for: "a") { $0 == 1 } == 2)
        #expect(try await cache.value(for: "a") == 2)
    }

    @Test("neither a failure nor an absence is remembered")
    func failures() async throws {
        let loads = TestCounter()
        let cache = SingleFlightCache<Int64>(capacity: 10) { _ in
            loads.increment()
            if loads.value == 1 { throw Broken() }
            return loads.value == 2 ? nil : loads.value
        }
        await #expect(throws: Broken.self) { try await cache.value(for: "a") }
        #expect(try await cache.value(for: "a") == nil)
        #expect(try await cache.value(for: "a") == 3)
    }
}
