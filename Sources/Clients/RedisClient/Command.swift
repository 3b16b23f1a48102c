import Synchronization

/// One command on its way: made by the caller, sent and finished by the loop, or finished by a cancellation.
final class Command: Sendable {
    typealias Reply = Result<RedisValue, RedisError>

    private struct State {
        var continuation: CheckedContinuation<Reply, Never>?
        var reply: Reply?
        var isSent = false
    }

    /// The command in RESP.
    let bytes: [UInt8]
    let deadline: MonotonicTime
    /// Where in ``bytes`` the server's `run_id` has to be filled in.
    private let runIDs: [Int]
    private let state = Mutex(State())

    init(bytes: [UInt8], runIDs: [Int] = [], deadline: MonotonicTime) {
        self.bytes = bytes
        self.runIDs = runIDs
        self.deadline = deadline
    }

    /// The command in RESP, for the server with this `run_id`.
    func bytes(for runID: [UInt8]) -> [UInt8] {
        guard !runIDs.isEmpty else { return bytes }
        var bytes = bytes
        for start in runIDs {
            bytes.replaceSubrange(start..<start + CommandEncoder.runIDLength, with: runID)
        }
        return bytes
    }

    /// Takes the caller's continuation, and resumes it at once if the command is finished already.
    func wait(with continuation: CheckedContinuation<Reply, Never>) {
        let early = state.withLock { state -> Reply? in
            if state.reply == nil {
                state.continuation = continuation
            }
            return state.reply
        }
        if let early {
            continuation.resume(returning: early)
        }
    }

    /// Notes that the command's bytes are about to leave.
    ///
    /// - Returns: False when the command is finished (cancelled) already, so that it must not be sent.
    func beginSending() -> Bool {
        state.withLock { state in
            guard state.reply == nil else { return false }
            state.isSent = true
            return true
        }
    }

    /// Gives the caller its reply; only the first reply counts, so a continuation is resumed exactly once.
    func finish(_ reply: Reply) {
        finish { _ in reply }
    }

    /// Lets the caller go.
    ///
    /// A command that was sent keeps its place among the replies, which are positional.
    func cancel() {
        finish { isSent in .failure(Self.cancelled(outcome: isSent ? .unknown : .notExecuted)) }
    }

    private func finish(_ reply: (_ isSent: Bool) -> Reply) {
        let resumption = state.withLock { state -> (CheckedContinuation<Reply, Never>, Reply)? in
            guard state.reply == nil else { return nil }
            let reply = reply(state.isSent)
            state.reply = reply
            return state.continuation.take().map { ($0, reply) }
        }
        if let (continuation, reply) = resumption {
            continuation.resume(returning: reply)
        }
    }

    private static func cancelled(outcome: RedisOutcome) -> RedisError {
        RedisError(
            kind: .cancelled,
            message: outcome == .notExecuted
                ? "A Redis command was not sent: the task that wanted it was cancelled."
                : "A Redis command was sent, and the task was cancelled before the reply: it may have taken effect.",
            outcome: outcome
        )
    }
}
