/// What a judgement came to.
///
/// Verdicts combine to the worse one: violated > inconclusive > holds.
package enum Verdict: String, Codable, Sendable, CaseIterable, Comparable {
    case holds, inconclusive, violated

    /// Better before worse, so that `max` combines.
    package static func < (left: Verdict, right: Verdict) -> Bool { left.severity < right.severity }

    private var severity: Int {
        switch self {
        case .holds: 0
        case .inconclusive: 1
        case .violated: 2
        }
    }
}
