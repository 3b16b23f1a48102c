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

    @Test("kill -9 of who holds it runs the command at once")
    func ownerKilled() async throws {
        try await withLog { log in
            // The shell is the owner: it holds the only write end of the pipe.
            let owner = Process()
            owner.executableURL = URL(fileURLWithPath: "/bin/bash")
            let text =
                "exec 3> >(exec setsid \"$0\" lease --seconds 600 --undo 'echo undone' 2> \"$1\"); echo ready; exec sleep 1000"
            owner.arguments = ["-c", text, TestPaths.seatstorm, log]
            let output = Pipe()
            owner.standardOutput = output
            try owner.run()
            _ = output.fileHandleForReading.availableData
            #expect(LogTail.read(log, lines: 5).isEmpty)
            kill(owner.processIdentifier, SIGKILL)
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
}
