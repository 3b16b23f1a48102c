import ServiceKit

/// The known bugs that this build can be started with, by the value of `TICKETING_BUG`.
package enum SeededBug: String, Sendable, CaseIterable {
    /// A hold is GET, then SET; and every fence behind it is gone, so that defence in depth does not hide it.
    case checkThenSet = "check-then-set"
    /// Whether a seat is sold is looked up outside the script that holds it.
    case soldCheckedOutside = "sold-checked-outside"
    /// Anybody can release a hold.
    case releaseAnyones = "release-anyones"
    /// Anybody can prolong a hold.
    case extendAnyones = "extend-anyones"
    /// A hold that is over is sold all the same.
    case confirmAfterExpiry = "confirm-after-expiry"
    /// SOLD is set whatever was there.
    case unguardedSold = "unguarded-sold"
    /// An order does not need holds.
    case orderWithoutHold = "order-without-hold"
    /// The lock's key has the user in it, so that everybody has a lock of his own.
    case userInLockKey = "user-in-lock-key"
    /// A hold that nobody ends lasts for ever.
    case holdWithoutTTL = "hold-without-ttl"
    /// Holds end by the service's clock, which is ahead.
    case appClockExpiry = "app-clock-expiry"
    /// The fences are gone, but nothing is wrong: no alarm may be raised.
    case fencesOff = "fences-off"

    /// The variable that names the bug.
    package static let variable = "TICKETING_BUG"

    /// The bug that `environment` names.
    ///
    /// - Throws: ``SeededBugError`` when it names none, or one that is not known: this build must never be taken for an honest one.
    package static func read(environment: [String: String]) throws(SeededBugError) -> SeededBug {
        let names = allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = environment[variable], !name.isEmpty else {
            throw SeededBugError(
                description: "this build sells with known bugs and does not start without \(variable), one of: \(names)"
            )
        }
        guard let bug = SeededBug(rawValue: name) else {
            throw SeededBugError(description: "\(variable)=\(name) is not a known bug; the bugs are: \(names)")
        }
        return bug
    }

    private var takesFencesAway: Bool {
        switch self {
        case .checkThenSet, .confirmAfterExpiry, .unguardedSold, .orderWithoutHold, .fencesOff: true
        default: false
        }
    }

    /// What the bug changes of the suite.
    package var variations: TicketingVariations {
        // Only bugs that must be found by an oversell take the fences behind them away.
        var variations =
            takesFencesAway ? TicketingVariations.withoutFences(bug: rawValue) : TicketingVariations(bug: rawValue)
        switch self {
        case .checkThenSet: variations.hold = CheckThenSet.hold
        case .soldCheckedOutside: variations.hold = SoldCheckedOutside.hold
        case .releaseAnyones: variations.scripts["release"] = HoldBugs.releaseAnyones
        case .extendAnyones: variations.scripts["extend"] = HoldBugs.extendAnyones
        case .confirmAfterExpiry, .orderWithoutHold:
            variations.scripts["pin"] = SaleBugs.pinWithoutHold
            if self == .confirmAfterExpiry { variations.scripts["confirm"] = SaleBugs.confirmWhatever }
        case .unguardedSold: variations.scripts["confirm"] = SaleBugs.confirmWhatever
        case .userInLockKey: variations.scripts["hold"] = HoldBugs.userInLockKey
        case .holdWithoutTTL: variations.scripts["hold"] = HoldBugs.withoutTTL
        case .appClockExpiry: variations.scripts["hold"] = HoldBugs.appClockExpiry
        case .fencesOff: break
        }
        return variations
    }
}

/// Why the build with bugs does not start.
package struct SeededBugError: Error, Sendable, CustomStringConvertible {
    package let description: String
}
