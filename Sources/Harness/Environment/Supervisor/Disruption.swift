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
    /// The processes of the group when it began.
    let members: [Int32]
    /// Who waits to hear that it took effect; nil once answered.
    var waiting: ReplyAddress?
    /// Monotonic milliseconds by which it must have taken effect.
    let provenBy: UInt64

    /// How many of the processes are gone, or stopped, as the kernel sees them now.
    func effect() -> Int {
        members.count { member in
            let state = ProcessState.of(member)
            switch kind {
            // A zombie is dead; that its parent has not collected it yet changes nothing.
            case .kill: return state == nil || state == .dead
            case .freeze: return state == .stopped
            }
        }
    }
}
