/// Whether a history has an order of its operations that the model allows and real time does not forbid.
package enum Linearizability: String, Sendable, CaseIterable {
    case linearizable
    case notLinearizable = "not-linearizable"
    /// The budget ended before the search did.
    case unknown
}

/// What a check came to.
package struct CheckResult: Sendable, Equatable {
    package var verdict: Linearizability
    /// Steps of the model that were tried.
    package var steps: Int
    /// Why the verdict is unknown.
    package var reason: String?

    /// Makes a result.
    package init(_ verdict: Linearizability, steps: Int, reason: String? = nil) {
        self.verdict = verdict
        self.steps = steps
        self.reason = reason
    }
}

/// The shortcuts that a check may take; without any it is the plain search, the oracle for all of them.
package struct Reductions: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// What cannot change the state is placed as soon as it is true.
    package static let observations = Reductions(rawValue: 1)
    /// Of equal operations with unknown outcome, the one that began first is placed first.
    package static let symmetry = Reductions(rawValue: 2)
    /// The order that the versions give is tried before any search.
    package static let versions = Reductions(rawValue: 4)
    /// The model is asked first whether the values alone tell.
    package static let values = Reductions(rawValue: 8)

    package static let all: Reductions = [.observations, .symmetry, .versions, .values]
}

/// What a check may cost; past it the verdict is unknown.
package struct Budget: Sendable {
    /// Steps of the model, for each part of a history.
    package var steps: Int
    /// Configurations remembered, for each part of a history: what bounds the memory (some 50 bytes each).
    package var configurations: Int
    /// When the whole check must have ended.
    package var deadline: ContinuousClock.Instant

    /// A budget that ends `time` from now.
    package init(steps: Int = 200_000_000, configurations: Int = 4_000_000, time: Duration = .seconds(30)) {
        self.steps = steps
        self.configurations = configurations
        deadline = .now + time
    }
}
