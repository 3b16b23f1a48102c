/// One line from the owner, or another process of the same user, to a supervisor.
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
        /// Kill or freeze for a while, under a lease; answered once the kernel shows it.
        case disrupt
        /// End a disruption before its lease does.
        case restore
        /// Outlive the owner: the end of standard input no longer ends the supervisor, SIGTERM does.
        case detach
        /// Kill everything, remove the folder, exit.
        case shutdown

        /// Whether others than the owner may ask for it.
        var isForAnyone: Bool { [.restart, .disrupt, .restore].contains(self) }
    }
    var id: Int
    var command: Command
    var name: String?
    var spec: ProcessSpec?
    var signal: Int32?
    var graceMilliseconds: Int?
    var disruption: Disruption?
    var leaseMilliseconds: Int?
}

/// One line from a supervisor: an answer, when ``id`` is set, or the news that a process ended.
struct SupervisorMessage: Codable, Sendable {
    var id: Int?
    var process: SupervisedProcess?
    var failure: String?
    var exit: ProcessExit?
    /// Of a disruption: how many processes the kernel shows as gone or stopped.
    var effect: Int?
}

/// Where an answer goes: a link, and the request of that link.
struct ReplyAddress: Equatable {
    /// The number of the owner's link.
    static let owner = 0

    let link: Int
    let id: Int
}
