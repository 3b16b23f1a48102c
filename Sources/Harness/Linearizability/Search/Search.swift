/// The search for a legal order: Wing and Gong's, with Lowe's memory of configurations already seen.
///
/// A call may come next when no call that is still to be placed returned before it began. The search places such calls one after another
/// and goes back where none fits. A configuration (which calls are placed, and the state) that was reached before is not entered again.
/// (Wing, Gong: "Testing and Verifying Concurrent Objects", 1993; Lowe: "Testing for Linearizability", 2017.)
struct Search<Model: SequentialModel> {
    private let model: Model
    private let calls: [Call<Model.Operation>]
    private let reductions: Reductions
    private var open: OpenCalls
    /// For each call the one that must be placed before it, or -1.
    private var predecessor: [Int32]
    private var isPlaced: [Bool]
    private var placed: [Placement] = []
    private var state: Model.State
    private var seen: Set<Configuration> = []
    private var fingerprint = Fingerprint()
    private var steps = 0

    /// A call placed, and what it replaced.
    private struct Placement {
        var call: Int32
        /// Placed because it changes nothing: going back does not stop here.
        var isCommitted: Bool
        var before: Model.State
    }

    /// Where the search has been.
    private struct Configuration: Hashable {
        var placed: Fingerprint
        var state: Model.State
    }

    init(model: Model, calls: [Call<Model.Operation>], reductions: Reductions) {
        self.model = model
        self.calls = calls
        self.reductions = reductions
        open = OpenCalls(calls)
        predecessor = calls.map { Int32($0.after ?? -1) }
        isPlaced = [Bool](repeating: false, count: calls.count)
        state = model.initial
        if reductions.contains(.symmetry) { orderEqualCalls() }
    }

    /// Runs until a legal order is found, none is left, or the budget is used up.
    mutating func run(_ budget: Budget) -> CheckResult {
        commit()
        var cursor = open.first
        var turns = 0
        while open.mandatory > 0 {
            if let call = next(from: cursor) {
                place(call.place, call.after, isCommitted: false)
                commit()
                cursor = open.first
            } else {
                guard let resumed = goBack() else { return CheckResult(.notLinearizable, steps: steps) }
                cursor = resumed
            }
            if let reason = exhaustion(of: budget, turn: turns) {
                return CheckResult(.unknown, steps: steps, reason: reason)
            }
            turns += 1
        }
        return CheckResult(.linearizable, steps: steps)
    }

    /// What of the budget is used up; the clock is looked at now and then only.
    private func exhaustion(of budget: Budget, turn: Int) -> String? {
        if steps >= budget.steps { return "\(steps) steps were not enough" }
        if seen.count >= budget.configurations { return "\(seen.count) configurations were not enough" }
        if turn & 63 == 0, ContinuousClock.now >= budget.deadline { return "the time was not enough" }
        return nil
    }

    /// The next call at or after `cursor` that fits and leads to a configuration not yet seen.
    private mutating func next(from cursor: Int32) -> (place: Int, after: Model.State)? {
        var cursor = cursor
        while cursor != open.end, calls[Int(cursor)].invoke <= open.earliestReturn {
            let call = Int(cursor)
            cursor = open.next(cursor)
            guard isReady(call) else { continue }
            steps += 1
            guard let after = model.step(state, calls[call].operation) else { continue }
            // What may never have happened, and would have changed nothing, need not be placed.
            if calls[call].isOptional && after == state { continue }
            let configuration = Configuration(placed: fingerprint.toggled(call), state: after)
            if seen.insert(configuration).inserted { return (call, after) }
        }
        return nil
    }

    /// Places all that is possible now and can never matter to what follows.
    ///
    /// The state stays the same, so that one pass finds them all, also those that their predecessors' returns kept out at its beginning.
    private mutating func commit() {
        guard reductions.contains(.observations) else { return }
        var cursor = open.first
        while cursor != open.end, calls[Int(cursor)].invoke <= open.earliestReturn {
            let call = Int(cursor)
            cursor = open.next(cursor)
            guard !calls[call].isOptional, isReady(call) else { continue }
            steps += 1
            guard model.step(state, calls[call].operation) == state, model.commits(calls[call].operation, in: state)
            else { continue }
            place(call, state, isCommitted: true)
        }
    }

    private func isReady(_ call: Int) -> Bool { predecessor[call] < 0 || isPlaced[Int(predecessor[call])] }

    private mutating func place(_ call: Int, _ after: Model.State, isCommitted: Bool) {
        placed.append(Placement(call: Int32(call), isCommitted: isCommitted, before: state))
        open.remove(Int32(call), isMandatory: !calls[call].isOptional)
        isPlaced[call] = true
        fingerprint.toggle(call)
        state = after
    }

    /// Takes back the last call that was a choice; the call to try instead, or nil when there is no choice left.
    private mutating func goBack() -> Int32? {
        while let last = placed.popLast() {
            let call = Int(last.call)
            open.restore(last.call, isMandatory: !calls[call].isOptional)
            isPlaced[call] = false
            fingerprint.toggle(call)
            state = last.before
            if !last.isCommitted { return open.next(last.call) }
        }
        return nil
    }

    /// Of equal calls that may never have happened, the earlier one can do all that the later can: only their number matters.
    private mutating func orderEqualCalls() {
        var latest: [Model.Operation: Int] = [:]
        for call in calls.indices.sorted(by: { calls[$0].invoke < calls[$1].invoke })
        where calls[call].isOptional && calls[call].after == nil {
            if let earlier = latest.updateValue(call, forKey: calls[call].operation) {
                predecessor[call] = Int32(earlier)
            }
        }
    }
}
