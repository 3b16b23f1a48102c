import Metrics
import Observability
import Synchronization

/// Something that a service calls, with what keeps its trouble from spreading: circuit breaker, bulkhead and retry budget.
package final class Dependency: Sendable {
    /// Why a call was not made.
    package enum Refusal: Error, Sendable, CustomStringConvertible {
        case circuitOpen(String)
        case tooManyCalls(String)

        package var description: String {
            switch self {
            case .circuitOpen(let name): "\(name) has not been answering; its circuit is open"
            case .tooManyCalls(let name): "too many calls to \(name) are on their way"
            }
        }
    }

    private struct State {
        var circuit: CircuitBreaker
        var bulkhead: Bulkhead
        var budget = RetryBudget()
    }

    package let name: String
    private let state: Mutex<State>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let refusals: (circuit: Counter, bulkhead: Counter)
    private let retries: Counter
    private let exhausted: Counter
    private let opened: Counter

    /// Makes one that is well.
    ///
    /// - Parameters:
    ///   - name: As in metrics and errors: `redis`, `mysql`, a service's name.
    ///   - limit: Calls at once.
    ///   - now: The clock; a test's own.
    package init(_ name: String, limit: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        // A counter that is made before it counts into nothing.
        _ = ServiceApplication.registry
        self.name = name
        self.now = now
        state = Mutex(State(circuit: CircuitBreaker(at: now()), bulkhead: Bulkhead(limit: limit)))
        let labels = [("dependency", name)]
        refusals = (
            Counter(label: "circuit_rejected_total", dimensions: labels),
            Counter(label: "bulkhead_rejected_total", dimensions: labels)
        )
        retries = Counter(label: "retries_total", dimensions: labels)
        exhausted = Counter(label: "retry_budget_exhausted_total", dimensions: labels)
        opened = Counter(label: "circuit_opened_total", dimensions: labels)
        observe("circuit_state") { Double($0.circuit.state.rawValue) }
        observe("bulkhead_in_use") { Double($0.bulkhead.inUse) }
    }

    /// Begins a call.
    ///
    /// - Parameter isRetry: It has been made before, and ``mayRetry()`` has paid for it.
    /// - Returns: What ``leave(_:_:)`` must be given at its end, whatever that is.
    /// - Throws: ``Refusal``; nothing is to be called then.
    package func enter(isRetry: Bool = false) throws(Refusal) -> CircuitBreaker.Admission {
        let now = now()
        let entered = state.withLock { state -> CircuitBreaker.Admission? in
            guard state.bulkhead.enter() else { return nil }
            let admission = state.circuit.admit(at: now)
            if admission == .refused {
                state.bulkhead.leave()
            } else if !isRetry {
                state.budget.earn()
            }
            return admission
        }
        switch entered {
        case nil:
            refusals.bulkhead.increment()
            throw .tooManyCalls(name)
        case .refused?:
            refusals.circuit.increment()
            throw .circuitOpen(name)
        case let admission?: return admission
        }
    }

    /// Ends a call.
    ///
    /// - Parameters:
    ///   - admission: What ``enter(isRetry:)`` gave.
    ///   - outcome: What it says of the dependency; a refusal is an answer, and so a success.
    package func leave(_ admission: CircuitBreaker.Admission, _ outcome: CircuitBreaker.Outcome) {
        let now = now()
        let hasOpened = state.withLock { state in
            state.bulkhead.leave()
            let before = state.circuit.openings
            state.circuit.record(admission, outcome, at: now)
            return state.circuit.openings > before
        }
        if hasOpened { opened.increment() }
    }

    /// Whether a call may be made again; it is paid for then.
    package func mayRetry() -> Bool {
        guard state.withLock({ $0.budget.spend() }) else {
            exhausted.increment()
            return false
        }
        retries.increment()
        return true
    }

    private func observe(_ metric: String, _ value: @escaping @Sendable (State) -> Double) {
        ServiceApplication.registry.observe(metric, owner: name, help: MetricHelp.texts[metric] ?? "") { [weak self] in
            guard let self else { return [] }
            return [GaugeSample(self.state.withLock { value($0) }, labels: [("dependency", self.name)])]
        }
    }
}
