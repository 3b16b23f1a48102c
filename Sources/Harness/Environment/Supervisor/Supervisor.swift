import CLinux
import Foundation
import Glibc

/// Starts, signals and stops servers through a supervisor process, which ends them all when this process is gone.
///
/// Dropping the last reference has the same effect as ``stopAll()``, without waiting.
package final class Supervisor: Sendable {
    /// The private folder with data, logs and `groups.json`; removed at the end unless it is to be kept.
    package let directory: String
    private let link: SupervisorLink

    private init(directory: String, link: SupervisorLink) {
        self.directory = directory
        self.link = link
    }

    deinit { link.hangUp() }

    /// Starts the supervisor process.
    ///
    /// - Parameters:
    ///   - executable: path of `seatstorm`, which is started with the subcommand `supervise`.
    ///   - directory: the private folder; made here with mode 0700, and must not hold anything yet.
    ///   - keepsDirectory: leaves the folder behind, for reading logs.
    ///   - standsBack: gives the servers less of the processors than others get, for a load generator beside them.
    /// - Returns: the running supervisor, with no server yet.
    /// - Throws: ``EnvironmentError`` when the executable or the folder cannot be used.
    package static func start(
        executable: String,
        directory: String,
        keepsDirectory: Bool = false,
        standsBack: Bool = false
    ) async throws -> Supervisor {
        let action = "start the supervisor \(executable)"
        guard access(executable, X_OK) == 0 else {
            throw EnvironmentError(action, "there is no such executable", advice: "build the product seatstorm first")
        }
        let folder = URL(fileURLWithPath: directory).path
        let files = FileManager.default
        if let held = try? files.contentsOfDirectory(atPath: folder), !held.isEmpty {
            throw EnvironmentError(
                action,
                "\(folder) is not empty",
                advice: "it would be removed at the end: name another"
            )
        }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        chmod(folder, 0o700)

        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw EnvironmentError(action, String(cString: strerror(errno)))
        }
        defer { close(ends[1]) }
        let spawn = Spawn(
            executable: executable,
            arguments: ["supervise", "--directory", folder] + (keepsDirectory ? ["--keep"] : [])
                + (standsBack ? ["--stand-back"] : []),
            environment: Spawn.baseEnvironment(),
            workingDirectory: nil,
            standing: .session,
            standard: .socket(ends[1], log: folder + "/supervisor.log")
        )
        let pid: Int32
        do { pid = try spawn.start() } catch {
            close(ends[0])
            throw error
        }
        let link = SupervisorLink(pid: pid, socket: ends[0], directory: folder, keepsDirectory: keepsDirectory)
        link.beginReading()
        return Supervisor(directory: folder, link: link)
    }

    /// Speaks to the supervisor that owns `directory`, which somebody else started and may have left.
    ///
    /// It takes ``disrupt(_:_:for:)``, ``restore(_:)`` and ``restart(_:grace:)``; dropping the last reference, like the end of this process,
    /// restores what was disrupted.
    /// - Throws: ``EnvironmentError`` when it does not answer.
    package static func attach(to directory: String, pid: Int32) throws -> Supervisor {
        let socket = try ControlSocket.connect(in: directory)
        let link = SupervisorLink(
            pid: pid,
            socket: socket,
            directory: directory,
            keepsDirectory: true,
            isOwner: false
        )
        link.beginReading()
        return Supervisor(directory: directory, link: link)
    }

    /// The supervisor process itself.
    package var pid: Int32 { link.pid }

    /// Every server started so far, in the order of their names; ended ones included.
    package var processes: [SupervisedProcess] { link.processes }

    /// The servers that ended though nobody asked them to, oldest first.
    package var unexpectedExits: [ProcessExit] { link.unexpectedExits }

    /// The process groups that are left, as the supervisor recorded them.
    package var groups: [ProcessGroup] { (try? ProcessGroup.read(directory: directory)) ?? [] }

    /// How the server's current process ended; nil while it runs.
    package func exit(of name: String) -> ProcessExit? { link.exit(of: name) }

    /// Starts a server and returns once its process exists, which says nothing about whether it answers.
    @discardableResult
    package func start(_ spec: ProcessSpec) async throws -> SupervisedProcess {
        let request = SupervisorRequest(id: 0, command: .start, spec: spec)
        return try process(try await link.ask(request, doing: "start \(spec.name) (\(spec.executable))"), spec.name)
    }

    /// Sends a signal: SIGKILL, SIGSTOP and SIGCONT to the server's whole process group, others to its leader.
    package func signal(_ name: String, _ signal: Int32) async throws {
        let request = SupervisorRequest(id: 0, command: .signal, name: name, signal: signal)
        _ = try await link.ask(request, doing: "send signal \(signal) to \(name)")
    }

    /// Ends the server with SIGTERM, or SIGKILL once `grace` is over; returns when it is gone.
    package func stop(_ name: String, grace: Duration = .seconds(12)) async throws {
        let request = SupervisorRequest(
            id: 0,
            command: .stop,
            name: name,
            graceMilliseconds: Int(grace / .milliseconds(1))
        )
        _ = try await link.ask(request, doing: "stop \(name)")
    }

    /// Stops the server if it runs, and starts it again as it was; returns once the new process exists.
    @discardableResult
    package func restart(_ name: String, grace: Duration = .seconds(12)) async throws -> SupervisedProcess {
        let request = SupervisorRequest(
            id: 0,
            command: .restart,
            name: name,
            graceMilliseconds: Int(grace / .milliseconds(1))
        )
        return try process(try await link.ask(request, doing: "restart \(name)"), name)
    }

    /// Kills or freezes the server's whole process group for a while; returns once the kernel shows that it happened.
    ///
    /// The supervisor itself undoes it after `lease`, at ``restore(_:)``, or when this process is gone.
    /// - Returns: how many processes are gone, or stopped.
    package func disrupt(_ name: String, _ disruption: Disruption, for lease: Duration) async throws -> Int {
        var request = SupervisorRequest(id: 0, command: .disrupt, name: name)
        request.disruption = disruption
        request.leaseMilliseconds = Int(lease / .milliseconds(1))
        return try await link.ask(request, doing: "\(disruption) \(name)").effect ?? 0
    }

    /// Undoes ``disrupt(_:_:for:)``: a frozen server runs on, a killed one is started as it was, which says nothing about whether it
    /// answers.
    ///
    /// - Returns: how many processes were still gone, or stopped, until then.
    /// - Throws: also when the lease has ended already.
    @discardableResult
    package func restore(_ name: String) async throws -> Int {
        let request = SupervisorRequest(id: 0, command: .restore, name: name)
        return try await link.ask(request, doing: "restore \(name)").effect ?? 0
    }

    /// Lets the supervisor and its servers outlive this process; SIGTERM to ``pid`` then ends them.
    package func detach() async throws {
        _ = try await link.ask(SupervisorRequest(id: 0, command: .detach), doing: "detach the supervisor")
    }

    /// Kills every process and waits until all are gone and the folder is removed.
    ///
    /// Safe to call again.
    package func stopAll() async {
        link.expectEnd()
        // A refusal means that the supervisor is gone already, which is what is wanted.
        _ = try? await link.ask(SupervisorRequest(id: 0, command: .shutdown), doing: "stop all servers")
        while !link.hasEnded { await pause(.milliseconds(2)) }
    }

    /// The last lines of the server's log.
    package func logTail(_ name: String, lines: Int = 20) -> String {
        guard let process = link.process(name) else { return "" }
        return LogTail.read(process.logFile, lines: lines)
    }

    /// Runs a program that does one thing, and waits for its end.
    ///
    /// - Throws: ``EnvironmentError`` with its last lines when it fails, or has not ended within `limit`.
    package func run(_ task: ProcessSpec, within limit: Duration) async throws {
        var task = task
        task.isTask = true
        try await start(task)
        let exit = try await waitForExit(task.name, within: limit)
        guard exit.code == 0 else {
            throw EnvironmentError("run \(task.name)", "\(exit)", logTail: logTail(task.name, lines: 60))
        }
    }

    /// Waits until the server has ended by itself, for programs that do one thing and exit.
    package func waitForExit(_ name: String, within limit: Duration) async throws -> ProcessExit {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let exit = link.exit(of: name) { return exit }
            guard !link.hasEnded else { throw EnvironmentError("wait for \(name)", "the supervisor has ended") }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw EnvironmentError("wait for \(name)", "it did not end within \(limit)", logTail: logTail(name))
    }

    private func process(_ message: SupervisorMessage, _ name: String) throws -> SupervisedProcess {
        guard let process = message.process else {
            throw EnvironmentError("start \(name)", "the supervisor gave no pid")
        }
        return process
    }

    /// Sleeps even in a cancelled task: what is being taken down is waited for to the end.
    private func pause(_ duration: Duration) async {
        await Task.detached { try? await Task.sleep(for: duration) }.value
    }
}
