import Synchronization

/// The keys whose first request is being worked on in this process.
///
/// A concurrent duplicate waits here for the first.
package final class InFlightKeys: Sendable {
    /// Resumes its waiters once, when the first request has ended.
    package final class Turn: Sendable {
        private struct State {
            var ended = false
            var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
            var next = 0
        }
        private let state = Mutex(State())

        fileprivate func end() {
            let waiters = state.withLock { state in
                state.ended = true
                defer { state.waiters = [:] }
                return state.waiters
            }
            for waiter in waiters.values { waiter.resume() }
        }

        /// Returns when the first request has ended, or the task was cancelled.
        package func ended() async {
            let ticket = state.withLock { state in
                state.next += 1
                return state.next
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let resumeNow = state.withLock { state in
                        guard !state.ended, !Task.isCancelled else { return true }
                        state.waiters[ticket] = continuation
                        return false
                    }
                    if resumeNow { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
            }
        }
    }

    /// What a request is to do.
    package enum Place: Sendable {
        /// Go on, and call ``InFlightKeys/leave(_:)`` at the end.
        case first
        /// Wait for the first, then look again.
        case after(Turn)
    }

    private let turns = Mutex<[IdempotencyKey: Turn]>([:])

    /// A table with no keys.
    package init() {}

    /// Takes the key, or says for whom to wait.
    package func enter(_ key: IdempotencyKey) -> Place {
        turns.withLock { turns in
            if let turn = turns[key] { return .after(turn) }
            turns[key] = Turn()
            return .first
        }
    }

    /// Gives the key back and wakes those who wait.
    package func leave(_ key: IdempotencyKey) {
        turns.withLock { $0.removeValue(forKey: key) }?.end()
    }
}
