import CLinux
import Glibc
import Synchronization

/// The way from any task to the loop's thread: a queue, and an eventfd to wake the loop when it sleeps.
final class Mailbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var isLoopAsleep = false
        var isClosed = false
        var isLoopGone = false
        var closeWaiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let pending = Atomic(0)
    private let maximumPending: Int
    /// Written once a batch.
    ///
    /// The loop watches it edge-triggered, so nobody has to read it.
    let descriptor: Int32

    init(maximumPending: Int) {
        self.maximumPending = maximumPending
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(descriptor >= 0, "no eventfd for a Redis client: errno \(errno); raise the limit of open files")
    }

    deinit {
        Glibc.close(descriptor)
    }

    enum Rejection {
        case closed
        case full(limit: Int)
    }

    /// Queues a command for the loop.
    ///
    /// - Returns: Why it was not queued, or `nil` when it was.
    func post(_ command: Command) -> Rejection? {
        guard pending.add(1, ordering: .relaxed).newValue <= maximumPending else {
            commandLeft()
            return .full(limit: maximumPending)
        }
        let (accepted, wakes) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            // Only the first command of a batch pays for the system call.
            defer { state.isLoopAsleep = false }
            return (true, state.isLoopAsleep)
        }
        guard accepted else {
            commandLeft()
            return .closed
        }
        if wakes {
            wake()
        }
        return nil
    }

    /// Commands that wait to be sent or to be answered.
    var count: Int { pending.load(ordering: .relaxed) }

    /// Notes that a command no longer occupies a place (it was answered, or failed).
    func commandLeft() {
        pending.subtract(1, ordering: .relaxed)
    }

    /// Swaps the queued commands into `batch`, which must be empty and whose storage is used for the next batch.
    ///
    /// - Returns: Whether the client was closed.
    func take(into batch: inout [Command]) -> Bool {
        state.withLock { state in
            swap(&state.commands, &batch)
            return state.isClosed
        }
    }

    /// Announces that the loop will sleep, so that the next command must wake it.
    ///
    /// - Returns: False when there is work already.
    func prepareToSleep(closeSeen: Bool) -> Bool {
        state.withLock { state in
            state.isLoopAsleep = state.commands.isEmpty && (closeSeen || !state.isClosed)
            return state.isLoopAsleep
        }
    }

    /// Refuses commands from now on and tells the loop to finish.
    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    /// Waits until the loop's thread has ended.
    func waitUntilLoopIsGone() async {
        await withCheckedContinuation { continuation in
            let isGone = state.withLock { state in
                if !state.isLoopGone {
                    state.closeWaiters.append(continuation)
                }
                return state.isLoopGone
            }
            if isGone {
                continuation.resume()
            }
        }
    }

    /// Called by the loop's thread as its last act.
    func loopIsGone() {
        let waiters = state.withLock { state in
            state.isLoopGone = true
            return state.closeWaiters
        }
        for waiter in waiters {
            waiter.resume()
        }
    }

    private func wake() {
        // A full counter (2^64 - 2 wakes) is the only way this can fail.
        _ = eventfd_write(descriptor, 1)
    }
}
