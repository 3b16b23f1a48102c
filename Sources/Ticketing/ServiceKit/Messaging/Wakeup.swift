import Synchronization

/// Wakes one sleeper; signals that come while nobody sleeps are remembered as one.
///
/// No `AsyncStream`: its iteration ends for good when the task that iterates is cancelled, so the first sleep that ran into its
/// time limit would have been the last one that slept.
package final class Wakeup: Sendable {
    private struct State {
        var isSignalled = false
        /// Counts sleeps, so that a late timer or cancellation cannot end the next one.
        var sleep = 0
        var hasEnded = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Makes a wakeup for one sleeper.
    package init() {}

    /// Wakes the sleeper.
    package func signal() {
        let sleeper = state.withLock { state in
            state.isSignalled = true
            return Self.takeSleeper(&state)
        }
        sleeper?.resume()
    }

    /// Sleeps until a signal, or until `duration` has passed, or the task is cancelled.
    package func sleep(for duration: Duration) async {
        let number = state.withLock { state in
            state.sleep += 1
            state.hasEnded = false
            return state.sleep
        }
        let timer = Task {
            try? await Task.sleep(for: duration)
            end(number)
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isSignalled || state.hasEnded { return true }
                    state.sleeper = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            end(number)
        }
        timer.cancel()
        state.withLock { $0.isSignalled = false }
    }

    private func end(_ number: Int) {
        let sleeper = state.withLock { state in
            guard state.sleep == number else { return nil as CheckedContinuation<Void, Never>? }
            state.hasEnded = true
            return Self.takeSleeper(&state)
        }
        sleeper?.resume()
    }

    private static func takeSleeper(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        defer { state.sleeper = nil }
        return state.sleeper
    }
}
