import Environment
import FaultInjection
import Scenario

/// Process faults in a suite that was started on this machine: its supervisor holds the leases.
struct SuiteProcesses: ProcessControl {
    let supervisor: Supervisor
    let readiness: SuiteReadiness

    /// A store that was killed reads its log again; a service waits for its stores.
    private static let readinessLimit = Duration.seconds(30)

    init(_ supervisor: Supervisor, _ addresses: SuiteAddresses) {
        self.supervisor = supervisor
        readiness = SuiteReadiness(addresses)
    }

    func kill(_ process: String, leaseSeconds: Double) async throws -> Int? {
        try await supervisor.disrupt(Self.server(process), .kill, for: .seconds(leaseSeconds))
    }

    func freeze(_ process: String, leaseSeconds: Double) async throws -> Int? {
        try await supervisor.disrupt(Self.server(process), .freeze, for: .seconds(leaseSeconds))
    }

    func restart(_ process: String) async throws -> Int? {
        try await supervisor.restart(Self.server(process))
        return 1
    }

    func restore(_ process: String) async throws -> Int? { try await supervisor.restore(Self.server(process)) }

    func waitUntilReady(_ process: String) async throws {
        try await readiness.wait(for: process, within: Self.readinessLimit)
    }

    /// What the supervisor calls it: scenarios speak of MySQL, whichever server plays it.
    private static func server(_ process: String) -> String { process == "mysql" ? "mariadb" : process }
}
