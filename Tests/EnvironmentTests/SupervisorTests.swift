import Foundation
import Glibc
import Testing

@testable import Environment

@Suite("The supervisor")
struct SupervisorTests {
    @Test("after stopAll no group is left and the folder is removed")
    func stopAll() async throws {
        let folder = TestPaths.privateFolder()
        let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
        try await supervisor.start(.script("one", "sleep 1000", in: folder))
        try await supervisor.start(.script("two", "sleep 1000 & sleep 1000 & wait", in: folder))
        let groups = supervisor.groups
        #expect(groups.map(\.name).sorted() == ["one", "two"])
        #expect(groups.allSatisfy { $0.isAlive })
        await supervisor.stopAll()
        #expect(!groups.contains { $0.isAlive })
        #expect(!FileManager.default.fileExists(atPath: folder))
        #expect(!processExists(supervisor.pid))
    }

    @Test("dropping the last reference ends every process, a daemon that left its group included")
    func endOfFile() async throws {
        let folder = TestPaths.privateFolder()
        let pidFile = TestPaths.privateFolder("daemon") + ".pid"
        defer { unlink(pidFile) }
        var groups: [ProcessGroup] = []
        do {
            let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
            let text = "setsid sh -c 'echo $$ > \(pidFile); exec sleep 1000' & sleep 1000 & wait"
            try await supervisor.start(.script("workers", text, in: folder))
            try await expectEventually("the daemon is up") { (try? daemon(pidFile)) != nil }
            groups = supervisor.groups
        }
        let pid = try daemon(pidFile)
        #expect(!groups.isEmpty)
        try await expectEventually("every group is gone") { !groups.contains(where: \.isAlive) }
        try await expectEventually("the daemon is gone") { !processExists(pid) }
        try await expectEventually("the folder is removed") { !FileManager.default.fileExists(atPath: folder) }
    }

    private func daemon(_ file: String) throws -> Int32 {
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        return try #require(Int32(text))
    }

    @Test("kill -9 of the owner leaves no group within five seconds")
    func ownerKilled() async throws {
        try await withSupervisor { outer in
            let folder = TestPaths.privateFolder("owned")
            let nginx = try NginxServer.spec(port: try FreePort.next(), services: [:], directory: outer.directory)
            let redis = try RedisServer.spec(port: try FreePort.next(), directory: outer.directory)
            let commands = try [nginx, redis].enumerated().map { index, spec in
                let line = try JSONEncoder().encode(SupervisorRequest(id: index, command: .start, spec: spec))
                return String(decoding: line, as: UTF8.self)
            }
            // The owner is the shell, which then becomes `sleep`: it holds the only write end of the pipe.
            let text = """
                exec 3> >(exec setsid "$SEATSTORM" supervise --directory "$FOLDER" > "$FOLDER.out" 2>&1)
                printf '%s\\n' "$COMMANDS" >&3
                exec sleep 1000
                """
            defer { unlink(folder + ".out") }
            try Program.writePrivate("", to: folder + ".out")
            mkdir(folder, 0o700)
            try await outer.start(
                ProcessSpec(
                    name: "owner",
                    executable: "/bin/bash",
                    arguments: ["-c", text],
                    environment: [
                        "SEATSTORM": TestPaths.seatstorm, "FOLDER": folder,
                        "COMMANDS": commands.joined(separator: "\n"),
                    ],
                    logFile: outer.directory + "/owner.log"
                )
            )
            try await expectEventually("both servers and nginx' worker run", within: .seconds(20)) {
                let groups = (try? ProcessGroup.read(directory: folder)) ?? []
                return groups.count == 2 && groups.contains { members(of: $0.id).count == 2 }
            }
            let groups = try ProcessGroup.read(directory: folder)
            #expect(groups.count == 2)
            try await outer.signal("owner", SIGKILL)
            try await expectEventually("every group is gone") { !groups.contains(where: \.isAlive) }
            try await expectEventually("the folder is removed") { !FileManager.default.fileExists(atPath: folder) }
        }
    }

    /// The processes of a group, from /proc.
    private func members(of group: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { getpgid($0) == group }
    }

    @Test("a supervisor that is itself killed leaves nothing either, and says so to its owner")
    func supervisorKilled() async throws {
        let folder = TestPaths.privateFolder()
        let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
        try await supervisor.start(.script("server", "sleep 1000 & sleep 1000", in: folder))
        let groups = supervisor.groups
        kill(supervisor.pid, SIGKILL)
        try await expectEventually("the group is gone") { !groups.contains(where: \.isAlive) }
        try await expectEventually("the folder is removed") { !FileManager.default.fileExists(atPath: folder) }
        let error = await #expect(throws: EnvironmentError.self) { try await supervisor.signal("server", SIGTERM) }
        #expect(error?.description.contains("the supervisor has ended") == true)
        await supervisor.stopAll()
    }

    @Test("SIGTERM to the supervisor takes everything down", arguments: [SIGTERM, SIGINT, SIGHUP])
    func terminated(signal: Int32) async throws {
        let folder = TestPaths.privateFolder()
        let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
        try await supervisor.start(.script("server", "sleep 1000", in: folder))
        let groups = supervisor.groups
        kill(supervisor.pid, signal)
        try await expectEventually("the group is gone") { !groups.contains(where: \.isAlive) }
        try await expectEventually("the folder is removed") { !FileManager.default.fileExists(atPath: folder) }
        await supervisor.stopAll()
    }

    @Test("a detached supervisor outlives its owner and ends at SIGTERM")
    func detached() async throws {
        let folder = TestPaths.privateFolder()
        var pid: Int32 = 0
        var groups: [ProcessGroup] = []
        do {
            let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
            pid = supervisor.pid
            try await supervisor.start(
                .script("server", "trap 'echo woken' USR1; while :; do sleep 0.01; done", in: folder)
            )
            groups = supervisor.groups
            try await supervisor.detach()
        }
        let id = try #require(groups.first?.id)
        kill(id, SIGUSR1)
        try await expectEventually("the server goes on") { LogTail.read(folder + "/server.log", lines: 1) == "woken" }
        #expect(processExists(pid))
        kill(pid, SIGTERM)
        try await expectEventually("the group is gone") { !groups.contains(where: \.isAlive) }
        try await expectEventually("the folder is removed") { !FileManager.default.fileExists(atPath: folder) }
    }

    @Test("a server that ignores SIGTERM is killed after its grace, with its children")
    func escalation() async throws {
        try await withSupervisor { supervisor in
            let text = "trap '' TERM; sleep 1000 & echo ready; while :; do sleep 1; done"
            let process = try await supervisor.start(.script("deaf", text, in: supervisor.directory))
            try await expectEventually("it has set its trap") { supervisor.logTail("deaf") == "ready" }
            try await supervisor.stop("deaf", grace: .milliseconds(50))
            #expect(supervisor.exit(of: "deaf")?.signal == SIGKILL)
            try await expectEventually("its group is gone") { supervisor.groups.isEmpty }
            #expect(!processExists(process.pid))
            #expect(supervisor.unexpectedExits.isEmpty)
        }
    }

    @Test("a frozen server can be stopped")
    func frozen() async throws {
        try await withSupervisor { supervisor in
            try await supervisor.start(.script("ice", "sleep 1000", in: supervisor.directory))
            try await supervisor.signal("ice", SIGSTOP)
            try await supervisor.stop("ice", grace: .seconds(60))
            #expect(supervisor.exit(of: "ice")?.signal == SIGTERM)
        }
    }

    @Test("a server that ends by itself is reported, one that was told to is not")
    func unexpectedExit() async throws {
        try await withSupervisor { supervisor in
            try await supervisor.start(.script("told", "sleep 1000", in: supervisor.directory))
            try await supervisor.start(.script("crash", "echo out of luck; exit 7", in: supervisor.directory))
            let exit = try await supervisor.waitForExit("crash", within: .seconds(10))
            try await supervisor.signal("told", SIGKILL)
            _ = try await supervisor.waitForExit("told", within: .seconds(10))
            #expect(exit.code == 7)
            #expect(supervisor.unexpectedExits == [exit])
            #expect(supervisor.logTail("crash") == "out of luck")
        }
    }

    @Test("a task's end is no surprise, and its failure is thrown with its words")
    func task() async throws {
        try await withSupervisor { supervisor in
            try await supervisor.run(.script("good", "exit 0", in: supervisor.directory), within: .seconds(10))
            let error = await #expect(throws: EnvironmentError.self) {
                let bad = ProcessSpec.script("bad", "echo no disk; exit 9", in: supervisor.directory)
                try await supervisor.run(bad, within: .seconds(10))
            }
            #expect(error?.logTail == "no disk")
            #expect(supervisor.unexpectedExits.isEmpty)
        }
    }

    @Test("a restart gives a new process of the same specification, and forgets the old one's exit")
    func restart() async throws {
        try await withSupervisor { supervisor in
            let first = try await supervisor.start(
                .script("server", "echo begun; sleep 1000", in: supervisor.directory)
            )
            try await supervisor.signal("server", SIGKILL)
            _ = try await supervisor.waitForExit("server", within: .seconds(10))
            let second = try await supervisor.restart("server")
            #expect(second.pid != first.pid)
            #expect(supervisor.exit(of: "server") == nil)
            let third = try await supervisor.restart("server")
            #expect(third.pid != second.pid)
            #expect(supervisor.groups.map(\.id) == [third.pid])
        }
    }

    @Test("an executable that does not exist is named in the error")
    func missingExecutable() async throws {
        try await withSupervisor { supervisor in
            let spec = ProcessSpec(
                name: "ghost",
                executable: "/nowhere/ghost",
                logFile: supervisor.directory + "/ghost.log"
            )
            let error = await #expect(throws: EnvironmentError.self) { try await supervisor.start(spec) }
            #expect(error?.description == "could not start ghost (/nowhere/ghost): No such file or directory")
        }
    }

    @Test("a name is given once while its server runs")
    func duplicateName() async throws {
        try await withSupervisor { supervisor in
            let spec = ProcessSpec.script("server", "sleep 1000", in: supervisor.directory)
            try await supervisor.start(spec)
            await #expect(throws: EnvironmentError.self) { try await supervisor.start(spec) }
        }
    }

    @Test("a folder that holds something is refused, because it would be removed")
    func occupiedFolder() async throws {
        let folder = TestPaths.privateFolder()
        mkdir(folder, 0o700)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Program.writePrivate("precious", to: folder + "/file")
        await #expect(throws: EnvironmentError.self) {
            try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
        }
        #expect(FileManager.default.fileExists(atPath: folder + "/file"))
    }

    @Test("servers inherit neither descriptors nor signal masks of the harness")
    func inheritance() async throws {
        let leaked = open("/dev/null", O_RDONLY)
        defer { close(leaked) }
        try await withSupervisor { supervisor in
            func output(_ executable: String, _ arguments: [String]) async throws -> [String] {
                let name = executable.split(separator: "/").joined(separator: "-")
                let log = "\(supervisor.directory)/\(name).log"
                let spec = ProcessSpec(name: name, executable: executable, arguments: arguments, logFile: log)
                try await supervisor.run(spec, within: .seconds(10))
                return LogTail.read(log, lines: 100).split { $0.isWhitespace }.map(String.init)
            }
            // The fourth is the folder that `ls` itself reads.
            #expect(try await output("/bin/ls", ["-1", "/proc/self/fd"]) == ["0", "1", "2", "3"])
            let words = try await output("/bin/grep", ["-E", "^Sig(Blk|Ign)", "/proc/self/status"])
            let masks = words.compactMap { UInt64($0, radix: 16) }
            #expect(masks.count == 2)
            // Signals 32 and 33 are glibc's own.
            #expect(masks.allSatisfy { $0 & 0x7fff_ffff == 0 }, "\(words)")
        }
    }
}
