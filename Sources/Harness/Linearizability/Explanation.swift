/// Finds the few calls of a history that already have no legal order.
package enum Explanation {
    /// The few calls that contradict each other.
    ///
    /// First the shortest beginning of the history that fails is sought: what had not returned by then may or may not have happened. Then
    /// call after call is relaxed in the same way, and stays so as long as there is still no legal order. Both only ever allow more orders, so
    /// what is left at the end is a contradiction of the whole history too. Within the budget; what is not tried is kept.
    ///
    /// - Parameters:
    ///   - model: What the calls were made to.
    ///   - calls: A history without a legal order.
    ///   - budget: For all searches together.
    ///   - isLesser: What says less than the others of what happened: it is left out together, where there is a contradiction without it.
    /// - Returns: The places of the calls; every one of them is needed.
    package static func core<Model: SequentialModel>(
        _ model: Model,
        _ calls: [Call<Model.Operation>],
        budget: Budget,
        lesser isLesser: (Model.Operation) -> Bool
    ) -> [Int] {
        func fails(_ calls: [Call<Model.Operation>]) -> Bool {
            ContinuousClock.now < budget.deadline
                && Check(model, reductions: [.observations, .symmetry]).part(calls, budget: budget).verdict
                    == .notLinearizable
        }
        var current = relaxed(calls, after: shortestFailing(calls, fails))
        var changes = current.map { isLesser($0.operation) ? relax($0) : $0 }
        relaxWhatFollows(&changes)
        if fails(changes) { current = changes }
        let needed = current.indices.filter { !current[$0].isOptional }
        var size = max(1, needed.count / 2)
        // Halves, quarters, … single calls: thousands of calls that do not matter go in a few steps.
        while true {
            var place = 0
            let left = current.indices.filter { !current[$0].isOptional }
            while place < left.count {
                let group = left[place..<min(left.count, place + size)]
                var attempt = current
                for call in group { attempt[call] = relax(attempt[call]) }
                relaxWhatFollows(&attempt)
                if fails(attempt) { current = attempt }
                place += size
            }
            if size == 1 { break }
            size /= 2
        }
        return current.indices.filter { !current[$0].isOptional }
    }

    /// The earliest return at which the history fails; all later ones are of no interest.
    private static func shortestFailing<Operation>(
        _ calls: [Call<Operation>],
        _ fails: ([Call<Operation>]) -> Bool
    ) -> Int64 {
        let returns = calls.filter { !$0.isOptional }.map(\.return).sorted()
        var (low, high) = (0, returns.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if fails(relaxed(calls, after: returns[middle])) { high = middle } else { low = middle + 1 }
        }
        return low < returns.count ? returns[low] : .max
    }

    /// The history with everything that returned after `moment` left open.
    static func relaxed<Operation>(_ calls: [Call<Operation>], after moment: Int64) -> [Call<Operation>] {
        var calls = calls.map { $0.return > moment ? relax($0) : $0 }
        relaxWhatFollows(&calls)
        return calls
    }

    /// Leaves open what must come after a call that is open: the end of a lease, when its grant may never have happened.
    private static func relaxWhatFollows<Operation>(_ calls: inout [Call<Operation>]) {
        for place in calls.indices {
            if let before = calls[place].after, calls[before].isOptional { calls[place] = relax(calls[place]) }
        }
    }

    private static func relax<Operation>(_ call: Call<Operation>) -> Call<Operation> {
        var call = call
        call.isOptional = true
        call.return = Call<Operation>.never
        return call
    }
}
