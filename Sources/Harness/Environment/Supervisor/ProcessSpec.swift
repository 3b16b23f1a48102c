/// How to start one server.
package struct ProcessSpec: Sendable, Codable, Equatable {
    /// What the server is called from now on; unique within its supervisor.
    package var name: String
    /// Absolute path.
    package var executable: String
    /// Without the executable's own name.
    package var arguments: [String]
    /// Added to a small base: `PATH`, `HOME`, `LANG`, `TMPDIR`, `TZ`, `LD_LIBRARY_PATH` of the supervisor.
    package var environment: [String: String]
    /// Absolute path; the supervisor's own when absent.
    package var workingDirectory: String?
    /// Absolute path; receives standard output and standard error, appended.
    package var logFile: String
    /// Whether it is a program that does one thing and exits: its end, however it ends, is then no surprise.
    package var isTask: Bool

    /// Makes a specification from its fields.
    package init(
        name: String,
        executable: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        workingDirectory: String? = nil,
        logFile: String,
        isTask: Bool = false
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.logFile = logFile
        self.isTask = isTask
    }
}

/// A server that a supervisor started.
package struct SupervisedProcess: Sendable, Codable, Equatable {
    package let name: String
    /// Also the id of its process group.
    package let pid: Int32
    /// Where its output goes.
    package let logFile: String
}

/// How a server ended.
package struct ProcessExit: Sendable, Codable, Equatable, CustomStringConvertible {
    package let name: String
    package let pid: Int32
    /// The exit code, unless a signal ended it.
    package let code: Int32?
    /// The signal that ended it.
    package let signal: Int32?
    /// Whether the owner asked for it, by a stop, a restart or a signal.
    package let isExpected: Bool

    package var description: String {
        if let signal { return "\(name) (pid \(pid)) was ended by signal \(signal)" }
        return "\(name) (pid \(pid)) exited with code \(code ?? 0)"
    }
}
