import Scenario
import Statistics

// `rendezvous:`: users wait until enough of them have come, on whichever thread they are.
extension EngineThread {
    func meet(_ user: Int, _ place: Int) {
        let now = monotonicNow()
        let pointer = users[user]
        let gathering = shared.rendezvous[place].arrive(now)
        pointer.pointee.state = .meeting
        pointer.pointee.gathering = gathering
        waitingToMeet.append(user)
        timers.set(user, at: gathering.deadline)
        if gathering.end != nil { shared.noteGathering() }
    }

    /// Lets those go on whose gathering has ended, here or on another thread.
    func releaseGathered() {
        let version = shared.gatheringVersion
        guard version != gatheringVersion else { return }
        gatheringVersion = version
        let waiting = waitingToMeet
        waitingToMeet.removeAll(keepingCapacity: true)
        for user in waiting where users[user].pointee.state == .meeting {
            if let end = users[user].pointee.gathering?.end {
                goOnTogether(user, end.at, isComplete: end.isComplete)
            } else {
                waitingToMeet.append(user)
            }
        }
    }

    private func goOnTogether(_ user: Int, _ at: UInt64, isComplete: Bool) {
        let pointer = users[user]
        timers.cancel(user)
        pointer.pointee.gathering = nil
        if case .rendezvous(let place) = program(of: user).operations[pointer.pointee.place] {
            var tags = shared.tags(ofLoad: pointer.pointee.load)
            tags["rendezvous"] = shared.rendezvous[place].spec.name
            tags["phase"] = "\(shared.phase.name)"
            table.record(table.rate(.checks, Tags(tags)), isComplete)
        }
        pointer.pointee.place += 1
        execute(user, at)
    }

    /// His gathering's time is over.
    func gatheringTimedOut(_ user: Int, _ now: UInt64) {
        guard let gathering = users[user].pointee.gathering,
            case .rendezvous(let place) = program(of: user).operations[users[user].pointee.place]
        else { return }
        if shared.rendezvous[place].expire(gathering, now) { shared.noteGathering() }
    }

    /// A user who waits is cut off: the others need one more.
    func leaveGathering(_ user: Int) {
        guard let gathering = users[user].pointee.gathering,
            case .rendezvous(let place) = program(of: user).operations[users[user].pointee.place]
        else { return }
        shared.rendezvous[place].leave(gathering)
    }
}
