import Foundation
import Glibc
import Testing

@testable import Environment

@Suite("The lease of a command", .timeLimit(.minutes(1)))
struct CommandLeaseTests {
    private func lease(seconds: Double, undo: String = "echo undone", log: String) throws -> CommandLease {
        try CommandLease.start(undo: undo, seconds: seconds, executable: TestPaths.seatstorm, log: log)
    }

    private func withLog(_ body: (String) async throws -> Void) async throws {
        let log = TestPaths.privateFolder("lease") + ".log"
        defer { unlink(log) }
        try await body(log)
    }

    @Test("the command is run once, when the lease is ended before its time")
    func ended() async throws {
        try await withLog { log in
            let lease = try lease(seconds: 600, log: log)
            #expect(LogTail.read(log, lines: 5).isEmpty)
            try await lease.end()
            #expect(LogTail.read(log, lines: 5) == "undone")
        }
    }

    @Test("the command is run by itself when the time is over, and not again")
    func expired() async throws {
        try await withLog { log in
            let lease = try lease(seconds: 0.1, log: log)
            try await expectEventually("it is undone") { LogTail.read(log, lines: 5) == "undone" }
            try await lease.end()
            #expect(LogTail.read(log, lines: 5) == "undone")
        }
    }

    @Test("the command is run at once when the lease is dropped")
    func dropped() async throws {
        try await withLog { log in
            _ = try lease(seconds: 600, log: log)
            try await expectEventually("it is undone") { LogTail.read(log, lines: 5) == "undone" }
        }
    }

    @Test("kill -9 of who holds it runs the command at once")
    func ownerKilled() async throws {
        try await withSupervisor { outer in
            let log = outer.directory + "/undo.log"
            // The shell is the owner: it holds the only write end of the pipe.
            let text = """
                exec 3> >(exec setsid "$SEATSTORM" lease --seconds 600 --undo 'echo undone' 2> "$LOG")
                echo ready
                exec sleep 1000
                """
            let owner = try await outer.start(
                ProcessSpec(
                    name: "owner",
                    executable: "/bin/bash",
                    arguments: ["-c", text],
                    environment: ["SEATSTORM": TestPaths.seatstorm, "LOG": log],
                    logFile: outer.directory + "/owner.log"
                )
            )
            try await expectEventually("it has begun") { outer.logTail("owner") == "ready" }
            #expect(LogTail.read(log, lines: 5).isEmpty)
            // Not its group: the other may not have left it yet.
            kill(owner.pid, SIGKILL)
            try await expectEventually("it is undone") { LogTail.read(log, lines: 5) == "undone" }
        }
    }

    @Test("a command that fails is named, with how it ended")
    func failure() async throws {
        try await withLog { log in
            let lease = try lease(seconds: 600, undo: "exit 3", log: log)
            let error = await #expect(throws: EnvironmentError.self) { try await lease.end() }
            #expect(error?.description == "could not run exit 3: it ended with 3")
            let other = await #expect(throws: EnvironmentError.self) {
                try await ShellCommand.run("echo no such box; exit 4", log: log)
            }
            #expect(other?.logTail == "no such box")
        }
    }

    @Test("a command that takes too long is ended with all that it started, and named")
    func tooLong() async throws {
        try await withLog { log in
            let error = await #expect(throws: EnvironmentError.self) {
                try await ShellCommand.run("echo $$; sleep 1000 & sleep 1000", log: log, within: .seconds(1))
            }
            #expect(error?.problem == "it did not end within 1.0 seconds")
            let group = try #require(Int32(LogTail.read(log, lines: 1)))
            try await expectEventually("its group is gone") { ProcessState.members(of: group).isEmpty }
            let lease = try lease(seconds: 600, undo: "sleep 1000", log: log)
            let other = await #expect(throws: EnvironmentError.self) { try await lease.end(within: .seconds(1)) }
            #expect(other?.description == "could not run sleep 1000: it did not end within 1.0 seconds")
        }
    }
}
