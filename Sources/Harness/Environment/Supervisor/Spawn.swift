import CLinux
import Foundation
import Glibc

/// Starts a process with nothing inherited: default signals, an empty signal mask, no descriptor above 2.
struct Spawn {
    enum Standing {
        /// Leads a process group of its own.
        case group
        /// Leads a session of its own, so that a terminal's Ctrl-C does not reach it.
        case session
    }
    enum Standard {
        /// Standard input is empty, output and error are appended to the log.
        case log(String)
        /// Standard input and output are this socket, error is appended to the log.
        case socket(Int32, log: String)
    }

    var executable: String
    var arguments: [String]
    var environment: [String: String]
    var workingDirectory: String?
    var standing: Standing
    var standard: Standard

    private static let resetSignals = [
        SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU,
    ]

    /// Starts it and returns its pid; the error is `errno`'s text.
    func start() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let workingDirectory { linux_spawn_add_chdir(&actions, workingDirectory) }
        let append = O_WRONLY | O_CREAT | O_APPEND
        switch standard {
        case .log(let path):
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, path, append, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        case .socket(let socket, let path):
            posix_spawn_file_actions_adddup2(&actions, socket, 0)
            posix_spawn_file_actions_adddup2(&actions, socket, 1)
            posix_spawn_file_actions_addopen(&actions, 2, path, append, 0o600)
        }
        linux_spawn_add_closefrom(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in Self.resetSignals { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        switch standing {
        case .group:
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
            posix_spawnattr_setpgroup(&attributes, 0)
        case .session:
            flags |= Int32(linux_spawn_setsid)
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, executable, &actions, &attributes, &argv, &envp)
        guard status == 0 else {
            throw EnvironmentError("start \(executable)", String(cString: strerror(status)))
        }
        return pid
    }

    /// The variables that every process gets from the process that starts it.
    static func baseEnvironment() -> [String: String] {
        let kept = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "SWIFT_BACKTRACE"]
        return ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
    }
}
