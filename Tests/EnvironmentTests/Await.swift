import Environment
import Glibc
import Testing

/// Polls until `condition` holds; records a failure when it still does not at the deadline.
func expectEventually(
    _ what: Comment,
    within limit: Duration = .seconds(5),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Runs `body` with a supervisor of its own; nothing it started is left afterwards.
func withSupervisor(_ body: (Supervisor) async throws -> Void) async throws {
    let supervisor = try await Supervisor.start(
        executable: TestPaths.seatstorm,
        directory: TestPaths.privateFolder("environment")
    )
    do { try await body(supervisor) } catch {
        await supervisor.stopAll()
        throw error
    }
    await supervisor.stopAll()
}

extension ProcessSpec {
    /// A shell script as a server.
    static func script(_ name: String, _ text: String, in directory: String) -> ProcessSpec {
        ProcessSpec(name: name, executable: "/bin/sh", arguments: ["-c", text], logFile: "\(directory)/\(name).log")
    }
}

func processExists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 || errno == EPERM }
