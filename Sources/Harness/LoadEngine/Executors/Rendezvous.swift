import Scenario
import Synchronization

/// Users who wait for each other at a rendezvous, until enough of them have come or the time is over.
final class Gathering: Sendable {
    /// When those who are there go on all the same, ns of CLOCK_MONOTONIC.
    let deadline: UInt64
    /// 0 while it is open; then when it ended, with the lowest bit set if all had come.
    private let outcome = Atomic<UInt64>(0)

    init(deadline: UInt64) { self.deadline = deadline }

    /// When it ended and whether all had come; nil while it is open.
    var end: (at: UInt64, isComplete: Bool)? {
        let value = outcome.load(ordering: .acquiring)
        return value == 0 ? nil : (value & ~1, value & 1 == 1)
    }

    fileprivate func close(at now: UInt64, isComplete: Bool) {
        outcome.store((now & ~1) | (isComplete ? 1 : 0), ordering: .releasing)
    }
}

/// One gathering after the other at a place that all threads' users come to.
final class Rendezvous: Sendable {
    private struct State {
        var gathering: Gathering?
        var present = 0
    }

    let spec: RendezvousSpec
    private let state = Mutex(State())

    init(_ spec: RendezvousSpec) { self.spec = spec }

    /// A user has come; the gathering that he is in has ended if he was the last.
    func arrive(_ now: UInt64) -> Gathering {
        state.withLock { state in
            let gathering = state.gathering ?? Gathering(deadline: now + spec.within.nanoseconds)
            state.gathering = gathering
            state.present += 1
            if state.present == spec.users {
                gathering.close(at: now, isComplete: true)
                state = State()
            }
            return gathering
        }
    }

    /// The gathering's time is over.
    ///
    /// - Returns: whether that ended it.
    func expire(_ gathering: Gathering, _ now: UInt64) -> Bool {
        state.withLock { state in
            guard state.gathering === gathering else { return false }
            gathering.close(at: now, isComplete: false)
            state = State()
            return true
        }
    }

    /// A user who waited is gone.
    func leave(_ gathering: Gathering) {
        state.withLock { state in
            guard state.gathering === gathering else { return }
            state.present -= 1
            if state.present == 0 { state = State() }
        }
    }
}
