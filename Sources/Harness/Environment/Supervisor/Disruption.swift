/// What may be done to a server for a while.
package enum Disruption: String, Sendable, Codable {
    /// SIGKILL to the whole process group; undone by starting it again as it was.
    case kill
    /// SIGSTOP to the whole process group; undone by SIGCONT.
    case freeze
}

/// A disruption in force: a lease, which the supervisor ends at its deadline whatever becomes of who asked for it.
struct DisruptionLease {
    let kind: Disruption
    /// Monotonic milliseconds.
    let end: UInt64
    /// Who asked; when that link is gone before the deadline, so is the lease.
    let owner: Int
    let group: Int32
    /// The processes of the group when it began.
    let members: [Int32]
    /// Who waits to hear that it took effect; nil once answered.
    var waiting: ReplyAddress?
    /// Monotonic milliseconds by which it must have taken effect.
    let provenBy: UInt64

    /// What the kernel shows now: how many processes are gone, or stopped, and whether that is all of them.
    func effect() -> (count: Int, isWhole: Bool) {
        switch kind {
        case .kill:
            // A zombie is dead; that its parent has not collected it yet changes nothing.
            let gone = members.count { (ProcessState.of($0) ?? .dead) == .dead }
            return (gone, gone == members.count && gone > 0)
        case .freeze:
            // Asked anew: one may have ended of itself before the signal came.
            let living = ProcessState.members(of: group)
            let stopped = living.count { ProcessState.of($0) == .stopped }
            return (stopped, stopped == living.count && stopped > 0)
        }
    }
}
