/// Waits until a server that was just started answers.
enum Readiness {
    /// Repeats `probe` until it returns; fails when the server's process ends first, or the limit passes.
    static func wait(
        for name: String,
        of supervisor: Supervisor,
        within limit: Duration,
        advice: String? = nil,
        _ probe: @Sendable () async throws -> Void
    ) async throws {
        let action = "start \(name)"
        let deadline = ContinuousClock.now + limit
        var delay = Duration.milliseconds(2)
        while true {
            if let exit = supervisor.exit(of: name) {
                throw EnvironmentError(action, "\(exit)", advice: advice, logTail: supervisor.logTail(name))
            }
            do { return try await probe() } catch {
                try Task.checkCancellation()
                guard ContinuousClock.now < deadline else {
                    let problem = "it did not answer within \(limit); last: \(error)"
                    throw EnvironmentError(action, problem, advice: advice, logTail: supervisor.logTail(name))
                }
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .milliseconds(50))
            }
        }
    }
}
