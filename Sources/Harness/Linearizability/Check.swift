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

    /// Judges one part of a history: the version pass accepts, or the search decides.
    package func part(_ calls: [Call<Model.Operation>], budget: Budget) -> CheckResult {
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

    /// Judges every part of a history, on as many cores as there are; results in the order of `parts`.
    package func parts(
        _ parts: [[Call<Model.Operation>]],
        budget: Budget,
        workers: Int
    ) async -> [CheckResult] {
        let next = Counter()
        return await withTaskGroup(of: [(Int, CheckResult)].self) { group in
            for _ in 0..<max(1, min(workers, parts.count)) {
                group.addTask {
                    var results: [(Int, CheckResult)] = []
                    while true {
                        let index = next.take()
                        guard index < parts.count else { return results }
                        results.append((index, part(parts[index], budget: budget)))
                    }
                }
            }
            var all = [CheckResult](repeating: CheckResult(.unknown, steps: 0), count: parts.count)
            for await results in group {
                for (index, result) in results { all[index] = result }
            }
            return all
        }
    }

    /// Judges a whole history: not linearizable if any part is not, else unknown if any is.
    package func whole(_ calls: [Call<Model.Operation>], budget: Budget, workers: Int) async -> CheckResult {
        let results = await parts(model.partition(calls), budget: budget, workers: workers)
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

/// Deals out the parts of a history to those who check them.
private final class Counter: Sendable {
    private let taken = Atomic(0)

    func take() -> Int { taken.add(1, ordering: .relaxed).oldValue }
}
