import Order
import ServiceKit
import Testing

@Suite("Concurrent duplicates in one process")
struct InFlightKeysTests {
    @Test("one of many is first, and the others wait until it has ended")
    func firstAndRest() async throws {
        let keys = InFlightKeys()
        let key = try IdempotencyKey(user: "u", header: "key-12345")
        guard case .first = keys.enter(key) else {
            Issue.record("nobody was there before")
            return
        }
        let turns = (0..<20).compactMap { _ in
            if case .after(let turn) = keys.enter(key) { turn } else { nil }
        }
        #expect(turns.count == 20)
        await withTaskGroup(of: Void.self) { group in
            for turn in turns { group.addTask { await turn.ended() } }
            keys.leave(key)
        }
        guard case .first = keys.enter(key) else {
            Issue.record("the key was given back")
            return
        }
    }

    @Test("a waiter that is cancelled waits no longer")
    func cancelled() async throws {
        let keys = InFlightKeys()
        let key = try IdempotencyKey(user: "u", header: "key-12345")
        _ = keys.enter(key)
        guard case .after(let turn) = keys.enter(key) else {
            Issue.record("somebody was there before")
            return
        }
        let waiter = Task { await turn.ended() }
        waiter.cancel()
        await waiter.value
    }
}
