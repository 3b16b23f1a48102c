/// Accepts a history whose changes carry the object's version, without a search.
///
/// The versions are the order of the changes. Each change gets the earliest moment of its interval that is not before its predecessor's; each
/// other call the first gap between two changes where it is possible, changes nothing, and no call that returned before it began has a later
/// gap. If all find their place, that order is a linearization. If one does not, nothing is said: the search decides.
struct VersionPass<Model: SequentialModel> {
    private let model: Model
    private let calls: [Call<Model.Operation>]
    private(set) var steps = 0
    /// The states before the first change, and after each.
    private var states: [Model.State]
    /// The latest invoke of the changes up to each, and the earliest return from each on: both rise.
    private var latestInvoke: [Int64] = []
    private var earliestReturn: [Int64] = []
    /// How many changes come before each call, itself included; -1 while that is not known.
    private var position: [Int32]

    init(model: Model, calls: [Call<Model.Operation>]) {
        self.model = model
        self.calls = calls
        states = [model.initial]
        position = [Int32](repeating: -1, count: calls.count)
    }

    /// Whether the versions' order is a linearization.
    mutating func accepts() -> Bool {
        guard calls.contains(where: { $0.version != nil }) else { return false }
        return orderChanges() && placeTheRest()
    }

    private mutating func orderChanges() -> Bool {
        let changes = calls.indices.filter { calls[$0].version != nil }
            .sorted { calls[$0].version ?? 0 < calls[$1].version ?? 0 }
        var moment = Int64.min
        var last: Int64?
        states.reserveCapacity(changes.count + 1)
        latestInvoke.reserveCapacity(changes.count)
        for (number, change) in changes.enumerated() {
            let call = calls[change]
            guard call.version != last else { return false }
            last = call.version
            moment = max(moment, call.invoke)
            guard moment <= call.return else { return false }
            if let first = call.after, position[first] < 0 { return false }
            steps += 1
            guard let next = model.step(states[number], call.operation) else { return false }
            states.append(next)
            latestInvoke.append(moment)
            position[change] = Int32(number + 1)
        }
        earliestReturn = changes.map { calls[$0].return }
        for number in changes.indices.dropLast().reversed() {
            earliestReturn[number] = min(earliestReturn[number], earliestReturn[number + 1])
        }
        return true
    }

    private mutating func placeTheRest() -> Bool {
        let rest = calls.indices.filter { calls[$0].version == nil && !calls[$0].isOptional }
            .sorted { calls[$0].invoke < calls[$1].invoke }
        let returned = rest.sorted { calls[$0].return < calls[$1].return }
        // Scanning for gaps must not cost more than a search would.
        let limit = steps + 64 * calls.count
        var next = 0
        var floor = 0
        var lowest = 0
        for place in rest {
            let call = calls[place]
            // Calls that returned before this one began have been placed: they began before it.
            while next < returned.count, calls[returned[next]].return < call.invoke {
                floor = max(floor, Int(position[returned[next]]))
                next += 1
            }
            while lowest < earliestReturn.count, earliestReturn[lowest] < call.invoke { lowest += 1 }
            var gap = max(floor, lowest)
            if let first = call.after {
                guard position[first] >= 0 else { return false }
                gap = max(gap, Int(position[first]))
            }
            let highest = changesBegun(by: call.return)
            while true {
                guard gap <= highest, steps < limit else { return false }
                steps += 1
                if model.step(states[gap], call.operation) == states[gap] { break }
                gap += 1
            }
            position[place] = Int32(gap)
        }
        return true
    }

    /// How many changes come before the first one that began after `moment`.
    private func changesBegun(by moment: Int64) -> Int {
        var (low, high) = (0, latestInvoke.count)
        while low < high {
            let middle = (low + high) / 2
            if latestInvoke[middle] <= moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
