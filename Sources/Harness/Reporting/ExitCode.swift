/// How `seatstorm` ends; k6's numbers where k6 has one.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case held = 0
    /// An invariant is violated; stronger than any other verdict.
    case violated = 90
    /// Evidence is missing, a threshold had no samples, or the generator was the bottleneck.
    case inconclusive = 91
    /// An SLO or threshold was breached.
    case breached = 99
    case invalidScenario = 104
    case interrupted = 105
    /// The environment could not be brought up or reached.
    case noEnvironment = 107
    /// A bug in seatstorm.
    case bug = 109

    /// Where several apply: 104, 107, then 90 > 109 > 105 > 99 > 91.
    package static let precedence: [ExitCode] = [
        .invalidScenario, .noEnvironment, .violated, .bug, .interrupted, .breached, .inconclusive, .held,
    ]

    /// The one of `codes` that the process ends with; 0 when there are none.
    package static func worst(of codes: some Sequence<ExitCode>) -> ExitCode {
        let codes = Set(codes)
        return precedence.first { codes.contains($0) } ?? .held
    }

    /// The verdict's name in `summary.json`.
    package var verdict: String {
        switch self {
        case .held: "pass"
        case .violated: "violated"
        case .breached: "breached"
        case .interrupted: "interrupted"
        case .inconclusive: "inconclusive"
        case .invalidScenario, .noEnvironment, .bug: "error"
        }
    }

    /// The verdict in words.
    package var sentence: String {
        switch self {
        case .held: "everything held"
        case .violated: "the data is wrong: an invariant is violated"
        case .inconclusive: "inconclusive: this run proves nothing"
        case .breached: "an SLO was breached"
        case .invalidScenario: "the scenario is invalid"
        case .interrupted: "interrupted"
        case .noEnvironment: "the environment could not be brought up or reached"
        case .bug: "a bug in seatstorm"
        }
    }
}
