import Scenario

/// Injects the timeline's process faults, and waits for those processes to answer again.
struct ProcessFaultDriver: Sendable {
    let control: any ProcessControl

    /// - Returns: how many processes were seen gone or stopped.
    func apply(_ spec: ProcessFaultSpec, leaseSeconds: Double) async throws(FaultError) -> Int64 {
        do {
            let effect =
                switch spec.action {
                case .kill: try await control.kill(spec.process, leaseSeconds: leaseSeconds)
                case .freeze: try await control.freeze(spec.process, leaseSeconds: leaseSeconds)
                case .restart: try await control.restart(spec.process)
                }
            // A command that succeeded is all the proof that there is elsewhere.
            return Int64(effect ?? 1)
        } catch {
            throw FaultError("\(error)")
        }
    }

    /// - Returns: how many processes were gone or stopped to the end; nil where nobody knows, or nothing is to be undone.
    func revert(_ spec: ProcessFaultSpec) async throws(FaultError) -> Int64? {
        guard spec.action != .restart else { return nil }
        do {
            return try await control.restore(spec.process).map { Int64($0) }
        } catch {
            throw FaultError("\(error)")
        }
    }

    /// - Returns: milliseconds until it answered.
    func recovery(_ spec: ProcessFaultSpec) -> Task<Result<Int64, FaultError>, Never> {
        Task {
            let began = ContinuousClock.now
            do {
                try await control.waitUntilReady(spec.process)
                return .success((ContinuousClock.now - began).milliseconds)
            } catch {
                return .failure(FaultError("\(error)"))
            }
        }
    }
}
