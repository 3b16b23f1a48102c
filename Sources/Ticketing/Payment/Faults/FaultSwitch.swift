import Contract
import Synchronization

/// The faults in force in this process, and what they have done.
///
/// They revert by themselves when their time is up.
package final class FaultSwitch: Sendable {
    private struct State {
        var plan: FaultPlan?
        var ends = ContinuousClock.Instant.now
        var seen = PaymentFaultsBody()
    }
    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Starts with no faults.
    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// Puts `plan` in the place of what was in force, and its counters at zero.
    package func install(_ plan: FaultPlan) -> PaymentFaultsBody {
        let ends = now() + .seconds(plan.ttlSeconds)
        return state.withLock { state in
            state = State(plan: plan, ends: ends, seen: PaymentFaultsBody(active: plan.faults))
            return state.seen
        }
    }

    /// Ends what is in force; the counters stay until the next ``install(_:)``.
    package func clear() -> PaymentFaultsBody {
        state.withLock { state in
            state.plan = nil
            state.seen.active = nil
            return state.seen
        }
    }

    /// What is in force and what it has done.
    package func report() -> PaymentFaultsBody {
        let now = now()
        return state.withLock { state in
            Self.endWhatIsDue(&state, now)
            return state.seen
        }
    }

    /// Decides what happens to one authorization, and counts it.
    package func decide() -> FaultDecision {
        let now = now()
        return state.withLock { state in
            Self.endWhatIsDue(&state, now)
            guard let decision = state.plan?.decide() else { return .none }
            state.seen.matched += 1
            if decision.delayMilliseconds > 0 { state.seen.delayed += 1 }
            switch decision.fate {
            case .success: break
            case .fail: state.seen.failed += 1
            case .error, .hang, .dropReply: state.seen.broken += 1
            }
            return decision
        }
    }

    private static func endWhatIsDue(_ state: inout State, _ now: ContinuousClock.Instant) {
        guard state.plan != nil, now >= state.ends else { return }
        state.plan = nil
        state.seen.active = nil
    }
}
