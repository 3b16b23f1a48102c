import ServiceKit
import Synchronization
import Testing
import TicketingTestKit

@Suite("Reads that many want at once")
struct JoinedReadsTests {
    /// Reads that end when they are told to.
    private final class Reads: Sendable {
        private let state = Mutex<(begun: Int, open: [CheckedContinuation<Void, Never>])>((0, []))

        var begun: Int { state.withLock(\.begun) }

        func read() async -> Int {
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            await withCheckedContinuation { continuation in state.withLock { $0.open.append(continuation) } }
            return number
        }

        /// Ends the reads that are under way.
        ///
        /// - Returns: How many.
        func end() -> Int {
            let open = state.withLock { state in
                defer { state.open = [] }
                return state.open
            }
            for continuation in open { continuation.resume() }
            return open.count
        }
    }

    private struct Failure: Error {}

    @Test("who comes while a read is under way shares the next one, which began after they asked")
    func shares() async throws {
        let joined = JoinedReads<String, Int>()
        let reads = Reads()
        async let first = joined.value("a") { await reads.read() }
        #expect(try await eventually { reads.begun == 1 })
        let arrived = TestCounter()
        let others = (0..<100).map { _ in
            Task {
                arrived.increment()
                return try await joined.value("a") { await reads.read() }
            }
        }
        #expect(try await eventually { arrived.value == 100 })
        var ended = 0
        #expect(
            try await eventually {
                ended += reads.end()
                return ended >= 2
            }
        )
        #expect(try await first == 1)
        // One that was slow to ask may have needed a third.
        let rest = Task {
            while !Task.isCancelled {
                _ = reads.end()
                await Task.yield()
            }
        }
        for other in others { #expect(try await other.value >= 2) }
        rest.cancel()
        #expect(reads.begun <= 4)
    }

    @Test("keys do not wait for each other, and a failure is for those who shared the read only")
    func keysAndFailures() async throws {
        let joined = JoinedReads<String, Int>()
        let reads = Reads()
        async let slow = joined.value("a") { await reads.read() }
        #expect(try await eventually { reads.begun == 1 })
        #expect(try await joined.value("b") { 7 } == 7)
        await #expect(throws: Failure.self) { try await joined.value("b") { throw Failure() } }
        #expect(try await joined.value("b") { 8 } == 8)
        #expect(reads.end() == 1)
        #expect(try await slow == 1)
    }
}
