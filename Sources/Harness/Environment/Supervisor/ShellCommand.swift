import Dispatch
import Foundation
import Glibc

/// A command of an environment, run by the shell.
package enum ShellCommand {
    /// How long a command may take that somebody waits for.
    package static let limit = Duration.seconds(60)
    private static let pollMicroseconds: UInt32 = 10_000

    /// Runs `command` and waits for its end.
    ///
    /// - Throws: ``EnvironmentError`` with what it wrote, when it fails or takes longer than `limit`.
    package static func run(_ command: String, log: String, within limit: Duration = ShellCommand.limit) async throws {
        let spawn = Spawn(
            executable: "/bin/sh",
            arguments: ["-c", command],
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: nil,
            standing: .group,
            standard: .log(log)
        )
        if let problem = await problem(of: try spawn.start(), within: limit) {
            throw EnvironmentError(
                "run \(command)",
                problem,
                advice: "correct `environment.commands`",
                logTail: LogTail.read(log, lines: 5)
            )
        }
    }

    /// Waits for the end of a child that leads its process group, and kills the group when it takes longer than `limit`.
    ///
    /// - Returns: nil when it succeeded.
    static func problem(of pid: Int32, within limit: Duration) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: wait(for: pid, within: limit)) }
        }
    }

    private static func wait(for pid: Int32, within limit: Duration) -> String? {
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        // Killed and collected by one thread, so that the number cannot be somebody else's by then.
        while waitpid(pid, &status, WNOHANG) == 0 {
            guard ContinuousClock.now < deadline else {
                kill(-pid, SIGKILL)
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                return "it did not end within \(limit)"
            }
            usleep(pollMicroseconds)
        }
        let signal = status & 0x7f
        let code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        return code == 0 ? nil : "it ended with \(code)"
    }
}
