import Dispatch
import Foundation
import Glibc

/// A command of an environment, run by the shell.
package enum ShellCommand {
    /// Runs `command` and waits for its end.
    ///
    /// - Throws: ``EnvironmentError`` with what it wrote, when it fails.
    package static func run(_ command: String, log: String) async throws {
        let spawn = Spawn(
            executable: "/bin/sh",
            arguments: ["-c", command],
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: nil,
            standing: .group,
            standard: .log(log)
        )
        let status = await status(of: try spawn.start())
        guard status == 0 else {
            throw EnvironmentError(
                "run \(command)",
                "it ended with \(status)",
                advice: "correct `environment.commands`",
                logTail: LogTail.read(log, lines: 5)
            )
        }
    }

    /// Waits for the end of a child: its exit code, or 128 and the signal.
    static func status(of pid: Int32) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) == -1, errno == EINTR {}
                let signal = status & 0x7f
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
            }
        }
    }
}
