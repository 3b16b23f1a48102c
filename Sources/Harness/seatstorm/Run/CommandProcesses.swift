import Environment
import FaultInjection
import Foundation
import Synchronization

/// Process faults elsewhere, by the commands of the scenario's `environment:`.
///
/// A process of its own holds each lease, and runs the command that undoes the fault.
final class CommandProcesses: ProcessControl {
    private let commands: [String: String]
    private let readiness: SuiteReadiness
    private let leases = Mutex<[String: CommandLease]>([:])
    private let log: String

    private static let readinessLimit = Duration.seconds(60)

    init(_ commands: [String: String], _ addresses: SuiteAddresses) {
        self.commands = commands
        readiness = SuiteReadiness(addresses)
        log = NSTemporaryDirectory() + "seatstorm-commands-\(ProcessInfo.processInfo.processIdentifier).log"
    }

    func kill(_ process: String, leaseSeconds: Double) async throws -> Int? {
        try await disrupt(process, "kill", undo: "restart", leaseSeconds)
    }

    func freeze(_ process: String, leaseSeconds: Double) async throws -> Int? {
        try await disrupt(process, "freeze", undo: "resume", leaseSeconds)
    }

    func restart(_ process: String) async throws -> Int? {
        try await ShellCommand.run(try command("restart", process), log: log)
        return nil
    }

    func restore(_ process: String) async throws -> Int? {
        try await leases.withLock { $0.removeValue(forKey: process) }?.end()
        return nil
    }

    func waitUntilReady(_ process: String) async throws {
        try await readiness.wait(for: process, within: Self.readinessLimit)
    }

    private func disrupt(_ process: String, _ name: String, undo: String, _ leaseSeconds: Double) async throws -> Int? {
        let command = try command(name, process)
        // Whoever took its place would undo it.
        guard leases.withLock({ $0[process] == nil }) else {
            throw EnvironmentError("\(name) \(process)", "something was done to it that is not undone yet")
        }
        // First the lease: whatever happens in between is undone.
        let lease = try CommandLease.start(
            undo: try self.command(undo, process),
            seconds: leaseSeconds,
            executable: SuiteConfiguration().seatstorm,
            log: log
        )
        leases.withLock { $0[process] = lease }
        try await ShellCommand.run(command, log: log)
        return nil
    }

    private func command(_ name: String, _ process: String) throws -> String {
        guard let template = commands[name] else {
            throw EnvironmentError("\(name) \(process)", "environment.commands has no \(name)")
        }
        return template.replacing("${process}", with: process)
    }
}
