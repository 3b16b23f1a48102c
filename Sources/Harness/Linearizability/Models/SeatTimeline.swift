/// Makes the history of one seat out of what was done to it: gives every lease its number and its end.
///
/// Times are in one unit, any; the end of a lease is an operation of its own with the interval
/// [invoke + ttl − ε, return + ttl + ε], without an upper end when nobody knows whether or when the lease was granted.
package struct SeatTimeline: Sendable {
    package private(set) var calls: [Call<SeatModel.Operation>] = []
    /// How many operations were added; the ends of leases are calls besides.
    package private(set) var operations = 0
    private let epsilon: Int64
    private var leases: Int32 = 0

    /// A seat without a history; ends of leases are known to `epsilon`.
    package init(epsilon: Int64) { self.epsilon = epsilon }

    /// Adds something done to the seat; `ttl` makes it the beginning of a lease.
    ///
    /// Where the moment of the lease's end was told, `deadline` is that moment, and its end is known to ε.
    package mutating func add(
        _ operation: SeatModel.Operation,
        invoke: Int64,
        return end: Int64,
        isOptional: Bool = false,
        ttl: Int64? = nil,
        deadline: Int64? = nil,
        version: Int64? = nil,
        source: Int
    ) {
        operations += 1
        var operation = operation
        let grant = calls.count
        if ttl != nil || deadline != nil {
            leases += 1
            operation.lease = leases
        }
        calls.append(
            Call(
                operation,
                invoke: invoke,
                return: end,
                isOptional: isOptional,
                version: version,
                source: source
            )
        )
        guard operation.lease != 0 else { return }
        let isOpen = isOptional || end == .max
        let ends = deadline.map { $0...$0 } ?? invoke.adding(ttl ?? 0)...max(invoke, end).adding(ttl ?? 0)
        calls.append(
            Call(
                SeatModel.Operation(.expire, token: operation.token, lease: leases),
                invoke: ends.lowerBound.adding(-epsilon),
                return: isOpen ? .max : ends.upperBound.adding(epsilon),
                isOptional: isOpen,
                after: grant,
                source: source
            )
        )
    }

    /// The history up to a moment: what had not ended by then may not have happened yet.
    package func beginning(before moment: Int64) -> SeatTimeline {
        var beginning = self
        beginning.calls = Explanation.relaxed(calls, after: moment.adding(-1))
        return beginning
    }

    /// Says which version of the seat the end of the latest lease made, when it made one.
    package mutating func endLease(version: Int64) {
        guard let end = calls.lastIndex(where: { $0.operation.action == .expire && !$0.isOptional }) else { return }
        calls[end].version = version
    }
}

extension Int64 {
    /// The sum, or the bound that it would pass.
    fileprivate func adding(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }
}
