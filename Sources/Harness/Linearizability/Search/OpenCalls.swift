/// The calls that are still to be placed, in the order in which they began and in the order in which they returned.
///
/// Two doubly linked lists in arrays; a call taken out keeps its neighbours, so that putting calls back in the reverse order is exact
/// (Knuth's dancing links).
struct OpenCalls {
    /// How many of them must be placed.
    private(set) var mandatory: Int
    /// The place past the last call.
    let end: Int32
    private var byInvoke: Links
    private var byReturn: Links
    private let returns: [Int64]

    init<Operation>(_ calls: [Call<Operation>]) {
        end = Int32(calls.count)
        mandatory = calls.reduce(0) { $0 + ($1.isOptional ? 0 : 1) }
        returns = calls.map { $0.isOptional ? Int64.max : $0.return } + [.max]
        let inOrder = zip(calls, calls.dropFirst()).allSatisfy { $0.invoke <= $1.invoke }
        let places = Array(0..<end)
        byInvoke = Links(inOrder ? places : places.sorted { calls[Int($0)].invoke < calls[Int($1)].invoke })
        let returns = returns
        byReturn = Links(places.sorted { returns[Int($0)] < returns[Int($1)] })
    }

    /// The call that began first, or `end`.
    var first: Int32 { byInvoke.next[Int(end)] }

    /// The call that began next after `call`.
    func next(_ call: Int32) -> Int32 { byInvoke.next[Int(call)] }

    /// When the first of them returned.
    var earliestReturn: Int64 { returns[Int(byReturn.next[Int(end)])] }

    mutating func remove(_ call: Int32, isMandatory: Bool) {
        byInvoke.remove(call)
        byReturn.remove(call)
        if isMandatory { mandatory -= 1 }
    }

    mutating func restore(_ call: Int32, isMandatory: Bool) {
        byInvoke.restore(call)
        byReturn.restore(call)
        if isMandatory { mandatory += 1 }
    }

    /// A ring of calls that begins and ends at the place past the last.
    private struct Links {
        var next: [Int32]
        var previous: [Int32]

        init(_ order: [Int32]) {
            next = [Int32](repeating: 0, count: order.count + 1)
            previous = next
            var last = Int32(order.count)
            for call in order + [Int32(order.count)] {
                next[Int(last)] = call
                previous[Int(call)] = last
                last = call
            }
        }

        mutating func remove(_ call: Int32) {
            let (before, after) = (previous[Int(call)], next[Int(call)])
            next[Int(before)] = after
            previous[Int(after)] = before
        }

        mutating func restore(_ call: Int32) {
            next[Int(previous[Int(call)])] = call
            previous[Int(next[Int(call)])] = call
        }
    }
}
