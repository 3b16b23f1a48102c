/// One line from the owner to its supervisor.
struct SupervisorRequest: Codable, Sendable {
    enum Command: String, Codable, Sendable {
        /// Start ``SupervisorRequest/spec``.
        case start
        /// Send ``SupervisorRequest/signal``.
        case signal
        /// SIGTERM, then SIGKILL once the grace is over.
        case stop
        /// Stop, then start again from the same specification.
        case restart
        /// Outlive the owner: the end of standard input no longer ends the supervisor, SIGTERM does.
        case detach
        /// Kill everything, remove the folder, exit.
        case shutdown
    }
    var id: Int
    var command: Command
    var name: String?
    var spec: ProcessSpec?
    var signal: Int32?
    var graceMilliseconds: Int?
}

/// One line from a supervisor to its owner: an answer, when ``id`` is set, or the news that a process ended.
struct SupervisorMessage: Codable, Sendable {
    var id: Int?
    var process: SupervisedProcess?
    var failure: String?
    var exit: ProcessExit?
}
