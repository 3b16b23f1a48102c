import Foundation
import Glibc
import Testing

@testable import Environment

/// What a supervisor does to its servers for a while.
@Suite("A disruption of a server", .timeLimit(.minutes(1)))
struct DisruptionTests {
    @Test("a freeze stops every process of the group, and restoring lets them run on")
    func freeze() async throws {
        try await withSupervisor { supervisor in
            let text = "sleep 1000 & while :; do echo alive; sleep 0.01; done"
            let process = try await supervisor.start(.script("server", text, in: supervisor.directory))
            try await expectEventually("it runs") { supervisor.logTail("server").contains("alive") }
            // The shell and the background `sleep` at least; the short `sleep` of the moment too.
            #expect(try await supervisor.disrupt("server", .freeze, for: .seconds(60)) >= 2)
            #expect(ProcessState.of(process.pid) == .stopped)
            #expect(try await supervisor.restore("server") >= 2)
            #expect(ProcessState.of(process.pid) == .alive)
            #expect(supervisor.exit(of: "server") == nil)
        }
    }

    @Test("a freeze is whole when a process waits in vfork for its stopped child: it can neither stop nor run")
    func frozenInVfork() async throws {
        try await withSupervisor { supervisor in
            // The child borrows its parent's memory, and never gives it back: so does a shell's, for a moment, with each command.
            let code = """
                import ctypes, time
                if ctypes.CDLL(None).vfork() == 0:
                    print("begun", flush=True)
                    time.sleep(1000)
                """
            let script = "exec python3 -c '\(code)'"
            let process = try await supervisor.start(.script("server", script, in: supervisor.directory))
            try await expectEventually("it runs") { supervisor.logTail("server") == "begun" }
            #expect(ProcessState.of(process.pid) == .alive)
            #expect(try await supervisor.disrupt("server", .freeze, for: .seconds(60)) == 2)
            #expect(try await supervisor.restore("server") == 2)
            #expect(ProcessState.of(process.pid) == .alive)
        }
    }

    @Test("a kill takes every process of the group, and restoring starts it as it was")
    func kill() async throws {
        try await withSupervisor { supervisor in
            let text = "sleep 1000 & echo begun; wait"
            let first = try await supervisor.start(.script("server", text, in: supervisor.directory))
            try await expectEventually("it runs") { supervisor.logTail("server") == "begun" }
            #expect(try await supervisor.disrupt("server", .kill, for: .seconds(60)) == 2)
            #expect(ProcessState.members(of: first.pid).isEmpty)
            #expect(try await supervisor.restore("server") == 2)
            try await expectEventually("it was started again") { supervisor.logTail("server") == "begun\nbegun" }
            #expect(supervisor.exit(of: "server") == nil)
            #expect(supervisor.unexpectedExits.isEmpty)
        }
    }

    @Test("its lease ends it, and says so to who restores too late", arguments: [Disruption.freeze, .kill])
    func lease(_ disruption: Disruption) async throws {
        try await withSupervisor { supervisor in
            let text = "echo begun; while :; do sleep 0.01; done"
            let first = try await supervisor.start(.script("server", text, in: supervisor.directory))
            try await expectEventually("it runs") { supervisor.logTail("server") == "begun" }
            #expect(try await supervisor.disrupt("server", disruption, for: .milliseconds(200)) > 0)
            try await expectEventually("it runs again") {
                let pid = supervisor.processes.first?.pid ?? 0
                return ProcessState.of(pid) == .alive && (disruption == .freeze) == (pid == first.pid)
            }
            let error = await #expect(throws: EnvironmentError.self) { try await supervisor.restore("server") }
            #expect(error?.problem == "nothing was done to it, or it has ended")
        }
    }

    @Test("kill -9 of who asked through the socket ends it at once, and the server was frozen until then")
    func askerKilled() async throws {
        try await withSupervisor { supervisor in
            let text = "while :; do sleep 0.01; done"
            let process = try await supervisor.start(.script("server", text, in: supervisor.directory))
            var other: Supervisor? = try Supervisor.attach(to: supervisor.directory, pid: supervisor.pid)
            #expect(try await other?.disrupt("server", .freeze, for: .seconds(600)) ?? 0 > 0)
            #expect(ProcessState.of(process.pid) == .stopped)
            // To the supervisor the end of the link is the end of the process that had it.
            other = nil
            try await expectEventually("it runs again") { ProcessState.of(process.pid) == .alive }
        }
    }

    @Test("others than the owner may not end the suite, and two disruptions of one server are refused")
    func refused() async throws {
        try await withSupervisor { supervisor in
            try await supervisor.start(.script("server", "sleep 1000", in: supervisor.directory))
            let other = try Supervisor.attach(to: supervisor.directory, pid: supervisor.pid)
            let refusal = await #expect(throws: EnvironmentError.self) { try await other.signal("server", SIGKILL) }
            #expect(refusal?.problem == "only the owner may ask for signal")
            _ = try await other.disrupt("server", .freeze, for: .seconds(60))
            let second = await #expect(throws: EnvironmentError.self) {
                try await supervisor.disrupt("server", .kill, for: .seconds(1))
            }
            #expect(second?.problem == "a freeze of it is in force already")
            let unknown = await #expect(throws: EnvironmentError.self) {
                try await other.disrupt("sever", .kill, for: .seconds(1))
            }
            #expect(unknown?.problem == "no server is called sever")
        }
    }

    @Test("a server that is being stopped is not disrupted, and who asks hears so")
    func stopping() async throws {
        try await withSupervisor { supervisor in
            let text = "trap 'echo told' TERM; echo begun; while :; do sleep 0.01; done"
            try await supervisor.start(.script("server", text, in: supervisor.directory))
            try await expectEventually("it runs") { supervisor.logTail("server") == "begun" }
            async let restarted = supervisor.restart("server", grace: .seconds(50))
            try await expectEventually("it is told to end") { supervisor.logTail("server").hasSuffix("told") }
            let error = await #expect(throws: EnvironmentError.self) {
                try await supervisor.disrupt("server", .kill, for: .seconds(60))
            }
            #expect(error?.problem == "it is being stopped")
            try await supervisor.signal("server", SIGKILL)
            _ = try await restarted
        }
    }

    @Test("what ends by itself meanwhile has not been frozen")
    func notRunning() async throws {
        try await withSupervisor { supervisor in
            try await supervisor.start(.script("brief", "exit 0", in: supervisor.directory))
            _ = try await supervisor.waitForExit("brief", within: .seconds(10))
            let error = await #expect(throws: EnvironmentError.self) {
                try await supervisor.disrupt("brief", .freeze, for: .seconds(1))
            }
            #expect(error?.problem == "it does not run")
        }
    }
}
