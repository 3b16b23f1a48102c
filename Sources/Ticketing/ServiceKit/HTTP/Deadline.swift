import Contract
import Synchronization

/// Runs `work`, and gives it up when `duration` has passed: the caller of the service no longer waits for it.
///
/// The work is cancelled, but not waited for: a store may take longer to give up than the caller has.
///
/// - Throws: `TIMEOUT` when the time is up, or what `work` throws.
func withDeadline<T: Sendable>(
    _ duration: Duration,
    _ work: @escaping @Sendable () async throws -> T
) async throws -> T {
    let race = DeadlineRace<T>()
    let worker = Task {
        do {
            race.finish(.success(try await work()))
        } catch {
            race.finish(.failure(error))
        }
    }
    let timer = Task {
        try await Task.sleep(for: duration)
        race.finish(.failure(ServiceError(.timeout, "the deadline passed; the outcome is unknown")))
    }
    defer {
        worker.cancel()
        timer.cancel()
    }
    return try await withTaskCancellationHandler {
        try await race.result()
    } onCancel: {
        worker.cancel()
    }
}

/// The first of two results; the second is dropped.
private final class DeadlineRace<T: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<T, any Error>)
        case decided(Result<T, any Error>)
    }

    private let state = Mutex<State>(.open)

    func finish(_ result: Result<T, any Error>) {
        let waiting: CheckedContinuation<T, any Error>? = state.withLock { state in
            switch state {
            case .open:
                state = .decided(result)
                return nil
            case .awaited(let continuation):
                state = .decided(result)
                return continuation
            case .decided: return nil
            }
        }
        waiting?.resume(with: result)
    }

    func result() async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let decided: Result<T, any Error>? = state.withLock { state in
                if case .decided(let result) = state { return result }
                state = .awaited(continuation)
                return nil
            }
            if let decided { continuation.resume(with: decided) }
        }
    }
}
