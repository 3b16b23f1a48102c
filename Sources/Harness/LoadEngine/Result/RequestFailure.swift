import Scenario

/// A way in which requests of one step failed: how often, and the first of them.
package struct RequestFailure: Sendable, Equatable {
    package let request: String
    /// `status 500`, `error reset`, `json $.status`, `capture order`, `until`.
    package let reason: String
    package internal(set) var count: UInt64 = 1
    /// Of the first, in words.
    package internal(set) var example: String
    package internal(set) var user: String
    /// When the first ended, ns of CLOCK_MONOTONIC.
    package internal(set) var atNs: UInt64

    init(request: String, reason: String, user: String, atNs: UInt64, example: String) {
        self.request = request
        self.reason = reason
        self.user = user
        self.atNs = atNs
        self.example = example
    }

    /// Adds those of another thread.
    mutating func merge(_ other: RequestFailure) {
        count += other.count
        guard other.atNs < atNs else { return }
        example = other.example
        user = other.user
        atNs = other.atNs
    }
}

/// Why a request failed, as the hot path names it.
enum FailureReason: Hashable {
    case status(Int32)
    case error(TransportError)
    /// Index into the step's expectations.
    case check(Int)
    /// Index into the step's captures.
    case capture(Int)
    /// A poll's condition did not come true in time.
    case until
    /// A stream brought nothing, or not in order.
    case order

    func name(_ plan: RequestPlan) -> String {
        switch self {
        case .status(let status): "status \(status)"
        case .error(let error): "error \(error.name)"
        case .check(let index): plan.step.expect.checks[index].name
        case .capture(let index): "capture \(plan.step.captures[index].name)"
        case .until: "until"
        case .order: "order"
        }
    }
}

struct FailureKey: Hashable {
    let step: Int
    let reason: FailureReason
}

/// The failures of one thread, by step and reason.
///
/// Bounded: there are as many kinds as steps have expectations, and statuses and transport errors there are.
struct FailureLog: Sendable {
    private var kinds: [FailureKey: RequestFailure] = [:]

    var all: [RequestFailure] { Array(kinds.values) }

    /// Counts one of a kind that is known.
    mutating func count(_ key: FailureKey) -> Bool {
        guard let place = kinds.index(forKey: key) else { return false }
        kinds.values[place].count += 1
        return true
    }

    mutating func add(_ key: FailureKey, _ first: RequestFailure) {
        kinds[key] = first
    }

    /// Those of all threads, the most frequent first.
    static func merged(_ parts: [[RequestFailure]]) -> [RequestFailure] {
        var merged: [String: RequestFailure] = [:]
        for failure in parts.joined() {
            let key = "\(failure.request)\n\(failure.reason)"
            if merged[key] != nil { merged[key]?.merge(failure) } else { merged[key] = failure }
        }
        return merged.values.sorted { ($1.count, $0.request, $0.reason) < ($0.count, $1.request, $1.reason) }
    }
}
