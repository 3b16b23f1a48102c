import Dispatch
import Synchronization

/// Decides whether histories of an object are linearizable.
package struct Check<Model: SequentialModel>: Sendable {
    package let model: Model
    package let reductions: Reductions

    /// Checks against `model`.
    package init(_ model: Model, reductions: Reductions = .all) {
        self.model = model
        self.reductions = reductions
    }

    /// Judges one part of a history: its values tell, the version pass accepts, or the search decides.
    package func part(_ calls: [Call<Model.Operation>], budget: Budget) -> CheckResult {
        if reductions.contains(.values), let verdict = model.verdict(calls) { return CheckResult(verdict, steps: 0) }
        var steps = 0
        if reductions.contains(.versions) {
            var pass = VersionPass(model: model, calls: calls)
            let isAccepted = pass.accepts()
            steps = pass.steps
            if isAccepted { return CheckResult(.linearizable, steps: steps) }
        }
        var search = Search(model: model, calls: calls, reductions: reductions)
        var result = search.run(budget)
        result.steps += steps
        return result
    }

    /// Judges every part of a history on `workers` threads; results in the order of `parts`.
    package func parts(
        _ parts: [[Call<Model.Operation>]],
        budget: Budget,
        workers: Int
    ) -> [CheckResult] {
        let next = Atomic(0)
        let results = Mutex([CheckResult](repeating: CheckResult(.unknown, steps: 0), count: parts.count))
        DispatchQueue.concurrentPerform(iterations: max(1, min(workers, parts.count))) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < parts.count else { return }
                let result = part(parts[index], budget: budget)
                results.withLock { $0[index] = result }
            }
        }
        return results.withLock { $0 }
    }

    /// Judges a whole history: not linearizable if any part is not, else unknown if any is.
    package func whole(_ calls: [Call<Model.Operation>], budget: Budget, workers: Int) -> CheckResult {
        let results = self.parts(model.partition(calls), budget: budget, workers: workers)
        let steps = results.reduce(0) { $0 + $1.steps }
        if results.contains(where: { $0.verdict == .notLinearizable }) {
            return CheckResult(.notLinearizable, steps: steps)
        }
        if let open = results.first(where: { $0.verdict == .unknown }) {
            return CheckResult(.unknown, steps: steps, reason: open.reason)
        }
        return CheckResult(.linearizable, steps: steps)
    }
}
