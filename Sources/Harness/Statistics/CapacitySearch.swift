/// The search for the highest arrival rate that keeps an SLO: brackets it by doubling or halving, then bisects.
///
/// One run near the limit is a toss of a coin, so a rate is decided by the majority of an odd number of runs, and as soon as there is one.
/// A value without time or input: ``step`` says what to run next, ``record(_:)`` takes what came of it.
package struct CapacitySearch: Sendable, Equatable {
    /// What is to be done next.
    package enum Step: Sendable, Equatable {
        /// Iterations in the load's unit of time.
        case run(rate: Int)
        case done(Finding)
    }

    /// Where the limit lies.
    package enum Finding: Sendable, Equatable {
        case between(kept: Int, broken: Int)
        /// The highest rate that may be tried is kept.
        case atLeast(Int)
        /// The lowest rate is broken already.
        case below(Int)
    }

    /// The runs of one rate.
    package struct Votes: Sendable, Equatable {
        package internal(set) var kept = 0
        package internal(set) var broken = 0

        package init() {}
    }

    /// By rate.
    package private(set) var votes: [Int: Votes] = [:]
    package private(set) var step: Step
    private let highest: Int
    private let precision: Double
    private let majority: Int
    private var kept: Int?
    private var broken: Int?

    /// A search that begins at `first`.
    ///
    /// - Parameters:
    ///   - first: at least 1.
    ///   - highest: never gone beyond.
    ///   - precision: ends when the broken rate is at most this share above the kept one, such as 0.05.
    ///   - attempts: runs of a rate at the most, odd.
    package init(from first: Int, to highest: Int, precision: Double, attempts: Int) {
        step = .run(rate: min(max(first, 1), highest))
        self.highest = highest
        self.precision = precision
        majority = attempts / 2 + 1
    }

    /// Takes the outcome of the run that ``step`` asked for.
    package mutating func record(kept isKept: Bool) {
        guard case .run(let rate) = step else { return }
        if isKept { votes[rate, default: Votes()].kept += 1 } else { votes[rate, default: Votes()].broken += 1 }
        guard let count = votes[rate] else { return }
        if count.kept >= majority {
            kept = rate
        } else if count.broken >= majority {
            broken = rate
        } else {
            return
        }
        step = next
    }

    private var next: Step {
        switch (kept, broken) {
        case (let kept?, nil):
            return kept == highest ? .done(.atLeast(kept)) : .run(rate: min(kept * 2, highest))
        case (nil, let broken?):
            return broken == 1 ? .done(.below(broken)) : .run(rate: broken / 2)
        case (let kept?, let broken?):
            let isClose = Double(broken - kept) <= Double(kept) * precision || broken - kept <= 1
            return isClose ? .done(.between(kept: kept, broken: broken)) : .run(rate: kept + (broken - kept) / 2)
        case (nil, nil):
            return step
        }
    }
}
