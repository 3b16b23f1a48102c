import Glibc

/// What the supervisor knows of one server.
struct SupervisedServer {
    /// A stop under way.
    struct Stop {
        /// The command to answer at its end; nil when nobody waits for it.
        var reply: ReplyAddress?
        var restarts: Bool
        /// Of the disruption that this ends, for the answer.
        var effect: Int?
        /// Monotonic milliseconds; past it the group is killed.
        var deadline: UInt64
    }

    let spec: ProcessSpec
    let pid: Int32
    let group: ProcessGroup
    private(set) var isRunning = true
    var stop: Stop?
    var lease: DisruptionLease?
    private(set) var isGroupGone = false
    private var isEndExpected = false

    init(spec: ProcessSpec, pid: Int32) {
        self.spec = spec
        self.pid = pid
        group = ProcessGroup(name: spec.name, id: pid, startTime: ProcessGroup.startTime(of: pid) ?? 0)
    }

    var process: SupervisedProcess { SupervisedProcess(name: spec.name, pid: pid, logFile: spec.logFile) }

    /// Sends a signal to the group or to its leader.
    ///
    /// SIGKILL, SIGSTOP and SIGCONT go to the whole group: no process can pass them on. Any other signal goes to the
    /// leader, who knows what it means for its workers.
    mutating func send(_ signal: Int32) throws {
        let toGroup = [SIGKILL, SIGSTOP, SIGCONT].contains(signal)
        guard isRunning || (toGroup && !isGroupGone) else {
            throw EnvironmentError("send signal \(signal) to \(spec.name)", "it does not run")
        }
        if ![SIGSTOP, SIGCONT, SIGHUP, SIGUSR1, SIGUSR2, 0].contains(signal) { isEndExpected = true }
        guard kill(toGroup ? -pid : pid, signal) == 0 else {
            throw EnvironmentError("send signal \(signal) to \(spec.name)", String(cString: strerror(errno)))
        }
    }

    /// Asks it to end, if it runs; a process that a fault froze is woken first.
    mutating func beginStop(reply: ReplyAddress, restarts: Bool, deadline: UInt64) {
        stop = Stop(reply: reply, restarts: restarts, deadline: deadline)
        lease = nil
        guard isRunning else { return }
        isEndExpected = true
        kill(-pid, SIGCONT)
        kill(pid, SIGTERM)
    }

    /// Kills or freezes the whole group until `end`.
    mutating func disrupt(_ kind: Disruption, until end: UInt64, provenBy: UInt64, reply: ReplyAddress) throws {
        if let lease { throw EnvironmentError("\(kind) \(spec.name)", "a \(lease.kind) of it is in force already") }
        guard isRunning else { throw EnvironmentError("\(kind) \(spec.name)", "it does not run") }
        guard stop == nil else { throw EnvironmentError("\(kind) \(spec.name)", "it is being stopped") }
        let members = ProcessState.members(of: pid)
        try send(kind == .kill ? SIGKILL : SIGSTOP)
        lease = DisruptionLease(
            kind: kind,
            end: end,
            owner: reply.link,
            group: pid,
            members: members,
            waiting: reply,
            provenBy: provenBy
        )
    }

    /// Ends the disruption: continues what is frozen, and has what was killed started again once its group is gone.
    ///
    /// - Returns: how many processes were gone or stopped until now; nil when a start must be waited for.
    mutating func restore(reply: ReplyAddress?, now: UInt64) -> Int? {
        guard let lease else { return 0 }
        let effect = lease.effect().count
        self.lease = nil
        switch lease.kind {
        case .freeze:
            if !isGroupGone { kill(-pid, SIGCONT) }
            return effect
        case .kill:
            stop = Stop(reply: reply, restarts: true, effect: effect, deadline: now)
            return nil
        }
    }

    /// Takes note of the status that `waitpid` gave.
    mutating func end(status: Int32) -> ProcessExit {
        isRunning = false
        let signal = status & 0x7f
        return ProcessExit(
            name: spec.name,
            pid: pid,
            code: signal == 0 ? (status >> 8) & 0xff : nil,
            signal: signal == 0 ? nil : signal,
            isExpected: isEndExpected || spec.isTask
        )
    }

    /// Kills every process of the group, if one is left.
    func killGroup() {
        guard !isGroupGone else { return }
        kill(-pid, SIGKILL)
    }

    /// To be called after processes were collected: once the group is empty its id may belong to somebody else, and
    /// is not touched again.
    mutating func noteGroup() {
        if !isRunning, !group.isAlive { isGroupGone = true }
    }
}
