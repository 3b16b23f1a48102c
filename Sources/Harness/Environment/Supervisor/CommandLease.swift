import CLinux
import Foundation
import Glibc
import Synchronization

/// A shell command that undoes something, held by a process of its own: it is run when the lease ends, when ``end(within:)`` says so, or
/// when this object or this process is gone, whichever comes first.
package final class CommandLease: Sendable {
    private let pid: Int32
    /// Nil once it is closed.
    private let socket: Mutex<Int32?>
    private let undo: String

    private init(pid: Int32, socket: Int32, undo: String) {
        self.pid = pid
        self.socket = Mutex(socket)
        self.undo = undo
    }

    deinit { hangUp() }

    /// Starts the process that holds the lease.
    ///
    /// - Parameters:
    ///   - undo: the shell command.
    ///   - seconds: how long until it is run by itself.
    ///   - executable: path of `seatstorm`, which is started with the subcommand `lease`.
    ///   - log: receives what the command writes.
    /// - Returns: the lease, in force.
    /// - Throws: ``EnvironmentError`` when the process cannot be started.
    package static func start(
        undo: String,
        seconds: Double,
        executable: String,
        log: String
    ) throws -> CommandLease {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw EnvironmentError("hold the lease of \(undo)", String(cString: strerror(errno)))
        }
        defer { close(ends[1]) }
        let spawn = Spawn(
            executable: executable,
            arguments: ["lease", "--seconds", "\(seconds)", "--undo", undo],
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: nil,
            standing: .session,
            standard: .socket(ends[1], log: log)
        )
        do {
            return CommandLease(pid: try spawn.start(), socket: ends[0], undo: undo)
        } catch {
            close(ends[0])
            throw error
        }
    }

    /// Runs the command now, unless it has been run, and waits for its end.
    ///
    /// To be called once.
    /// - Throws: ``EnvironmentError`` when the command fails or takes longer than `limit`.
    package func end(within limit: Duration = ShellCommand.limit) async throws {
        hangUp()
        if let problem = await ShellCommand.problem(of: pid, within: limit) {
            throw EnvironmentError("run \(undo)", problem)
        }
    }

    /// The process that holds the lease takes this for its end.
    private func hangUp() {
        let open = socket.withLock { socket in
            defer { socket = nil }
            return socket
        }
        if let open { close(open) }
    }

    /// What the process that holds the lease does: waits, then becomes the command.
    ///
    /// - Returns: only when the shell cannot be run.
    package static func hold(seconds: Double, undo: String) -> Int32 {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
        // Nobody writes: what can be read is the end of the other side.
        var polled = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        _ = poll(&polled, 1, Int32(clamping: Int(seconds * 1_000)))
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_DFL) }
        dup2(2, 1)
        let words = ["sh", "-c", undo]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execv("/bin/sh", &arguments)
        return 127
    }
}
