import CLinux
import Foundation
import Glibc

/// The supervisor itself: the process that is the parent of every server, and the reason why none outlives its owner.
///
/// It reads one JSON line a command from standard input and answers on standard output. At the end of standard input,
/// however that came about (the owner's exit, a crash, SIGKILL), it kills every process group, waits for every
/// process, removes its folder and exits. It is the subreaper of what it starts, so workers whose parent was killed
/// come back to it. It uses one thread, and never waits for anything but `poll`.
package struct SupervisorLoop {
    private let directory: String
    private let keepsDirectory: Bool
    private let signals: Int32
    private var servers: [String: SupervisedServer] = [:]
    private var input: [UInt8] = []
    private var isDetached = false
    private var shutdownReply: Int?

    /// The longest line that an owner may send, in bytes.
    private static let maximumLine = 4 << 20
    /// How long, in milliseconds, killed processes may take to disappear before the supervisor gives up on them.
    private static let killDeadline: UInt64 = 10_000

    /// Runs until its owner is gone or says so; returns the exit code.
    package static func run(directory: String, keepsDirectory: Bool, standsBack: Bool) -> Int32 {
        do {
            var loop = try SupervisorLoop(directory: directory, keepsDirectory: keepsDirectory, standsBack: standsBack)
            return try loop.run()
        } catch {
            log("\(error)")
            return 1
        }
    }

    private init(directory: String, keepsDirectory: Bool, standsBack: Bool) throws {
        self.directory = directory
        self.keepsDirectory = keepsDirectory
        signal(SIGPIPE, SIG_IGN)
        signals = try SignalPipe.open(catching: [SIGCHLD, SIGTERM, SIGINT, SIGHUP])
        guard linux_become_subreaper() == 0 else {
            throw EnvironmentError("become the subreaper of the servers", String(cString: strerror(errno)))
        }
        // Servers with thousands of connections need more files than the usual soft limit.
        FileLimit.raise()
        if standsBack { Self.standBack() }
        try ProcessGroup.write([], directory: directory)
    }

    /// Lets the load generator go first where it shares the machine.
    ///
    /// A storm is released in one instant, and what the servers do with it
    /// then takes as long as before. Without it they take half of the generator's core while it still releases.
    private static func standBack() {
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        // Where the kernel groups processes by session (sched(7), "autogroup"), only the group's own value counts between groups.
        guard let file = fopen("/proc/self/autogroup", "w") else { return }
        fputs("10", file)
        fclose(file)
    }

    private mutating func run() throws -> Int32 {
        var isInputOpen = true
        while true {
            var polled = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
            if isInputOpen { polled.append(pollfd(fd: 0, events: Int16(POLLIN), revents: 0)) }
            _ = poll(&polled, nfds_t(polled.count), nextTimeout())
            let caught = SignalPipe.drain(signals)
            reap()
            escalate()
            if !caught.isDisjoint(with: [SIGTERM, SIGINT, SIGHUP]) { break }
            if polled.count > 1, polled[1].revents != 0 {
                isInputOpen = readInput()
                if !isInputOpen, !isDetached { break }
            }
            if shutdownReply != nil { break }
        }
        let survivors = killEverything()
        if !keepsDirectory { try? FileManager.default.removeItem(atPath: directory) }
        if let shutdownReply {
            send(SupervisorMessage(id: shutdownReply, failure: survivors.isEmpty ? nil : "left: \(survivors)"))
        }
        return survivors.isEmpty ? 0 : 1
    }

    // MARK: Commands

    /// Reads what is there and obeys every complete line; false at the end of input.
    private mutating func readInput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(0, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return true }
        guard count > 0 else { return false }
        input.append(contentsOf: buffer[..<count])
        while let end = input.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(input[..<end])
            input.removeSubrange(...end)
            guard let request = try? JSONDecoder().decode(SupervisorRequest.self, from: line) else {
                Self.log("ignored a line that is not a command: \(String(decoding: line.prefix(200), as: UTF8.self))")
                continue
            }
            obey(request)
        }
        return input.count <= Self.maximumLine
    }

    private mutating func obey(_ request: SupervisorRequest) {
        do {
            switch request.command {
            case .start:
                guard let spec = request.spec else { throw EnvironmentError("start a server", "no specification") }
                if let running = servers[spec.name], running.isRunning {
                    throw EnvironmentError("start \(spec.name)", "it runs already as pid \(running.pid)")
                }
                try start(spec, answering: request.id)
            case .signal:
                var server = try server(request.name)
                try server.send(request.signal ?? 0)
                servers[server.spec.name] = server
                send(SupervisorMessage(id: request.id, process: server.process))
            case .stop, .restart:
                var server = try server(request.name)
                server.beginStop(
                    id: request.id,
                    restarts: request.command == .restart,
                    deadline: Self.now() + UInt64(max(0, request.graceMilliseconds ?? 0))
                )
                servers[server.spec.name] = server
                finishStops()
            case .detach:
                isDetached = true
                send(SupervisorMessage(id: request.id))
            case .shutdown:
                shutdownReply = request.id
            }
        } catch {
            send(SupervisorMessage(id: request.id, failure: (error as? EnvironmentError)?.problem ?? "\(error)"))
        }
    }

    private func server(_ name: String?) throws -> SupervisedServer {
        guard let name, let server = servers[name] else {
            throw EnvironmentError("find a server", "no server is called \(name ?? "(nothing)")")
        }
        return server
    }

    private mutating func start(_ spec: ProcessSpec, answering id: Int) throws {
        let spawn = Spawn(
            executable: spec.executable,
            arguments: spec.arguments,
            environment: Spawn.baseEnvironment().merging(spec.environment) { $1 },
            workingDirectory: spec.workingDirectory,
            standing: .group,
            standard: .log(spec.logFile)
        )
        let server = SupervisedServer(spec: spec, pid: try spawn.start())
        servers[spec.name] = server
        record()
        send(SupervisorMessage(id: id, process: server.process))
    }

    // MARK: Ends of processes

    private mutating func reap() {
        var exits: [ProcessExit] = []
        var isChanged = false
        var status: Int32 = 0
        while true {
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { break }
            isChanged = true
            guard var server = servers.values.first(where: { $0.pid == pid && $0.isRunning }) else { continue }
            exits.append(server.end(status: status))
            servers[server.spec.name] = server
        }
        guard isChanged else { return }
        for name in servers.keys { servers[name]?.noteGroup() }
        // Recorded first: whoever hears of an end may read the record.
        record()
        for exit in exits { send(SupervisorMessage(exit: exit)) }
        finishStops()
    }

    /// Answers the stops whose server is gone with all its workers, which would keep its port, and starts it again
    /// where that was asked.
    private mutating func finishStops() {
        for server in servers.values where !server.isRunning {
            guard let stop = server.stop else { continue }
            guard server.isGroupGone else {
                server.killGroup()
                continue
            }
            servers[server.spec.name]?.stop = nil
            guard stop.restarts else {
                send(SupervisorMessage(id: stop.id, process: server.process))
                continue
            }
            do {
                try start(server.spec, answering: stop.id)
            } catch {
                send(SupervisorMessage(id: stop.id, failure: (error as? EnvironmentError)?.problem ?? "\(error)"))
            }
        }
    }

    /// Kills the groups of those that were asked to stop and did not within their grace.
    private func escalate() {
        for server in servers.values where server.isRunning {
            if let stop = server.stop, Self.now() >= stop.deadline { server.killGroup() }
        }
    }

    /// Kills until no process is left; returns the ids of what could not be ended within the deadline.
    private mutating func killEverything() -> [Int32] {
        let deadline = Self.now() + Self.killDeadline
        while true {
            for server in servers.values { server.killGroup() }
            // What left its group (a daemon) has become our child by now, or will once its parent is dead.
            let children = Self.children()
            for child in children { kill(child, SIGKILL) }
            reap()
            var status: Int32 = 0
            if waitpid(-1, &status, WNOHANG) == -1, errno == ECHILD { return [] }
            guard Self.now() < deadline else {
                Self.log("gave up on processes \(children)")
                return children
            }
            var polled = [pollfd(fd: signals, events: Int16(POLLIN), revents: 0)]
            _ = poll(&polled, 1, 20)
            _ = SignalPipe.drain(signals)
        }
    }

    // MARK: The world outside

    private func record() {
        let groups = servers.values.filter { !$0.isGroupGone }.map(\.group)
        do {
            try ProcessGroup.write(groups.sorted { $0.id < $1.id }, directory: directory)
        } catch {
            Self.log("could not record the process groups in \(directory): \(error)")
        }
    }

    private func send(_ message: SupervisorMessage) {
        guard var line = try? JSONEncoder().encode(message) else { return }
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = write(1, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                // An owner that is gone hears nothing; the end of input follows.
                if count < 0, errno != EINTR { return }
                sent += max(0, count)
            }
        }
    }

    /// Milliseconds until the next grace ends, for `poll`; -1 when there is none.
    private func nextTimeout() -> Int32 {
        let deadlines = servers.values.compactMap { server in server.stop.map { server.isRunning ? $0.deadline : 0 } }
        guard let next = deadlines.min() else { return -1 }
        let now = Self.now()
        // What was killed is on its way out: look again soon.
        return next <= now ? 20 : Int32(clamping: next - now)
    }

    private static func children() -> [Int32] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.flatMap { thread in
            let text = (try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)) ?? ""
            return text.split(separator: " ").compactMap { Int32($0) }
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    private static func log(_ text: String) {
        FileHandle.standardError.write(Data("supervisor: \(text)\n".utf8))
    }
}
