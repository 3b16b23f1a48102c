import ServiceKit

/// The known bugs that this build can be started with, by the value of `TICKETING_BUG`.
package enum SeededBug: String, Sendable, CaseIterable {
    /// A hold is GET, then SET; and every fence behind it is gone, so that defence in depth does not hide it.
    case checkThenSet = "check-then-set"
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

    /// What the bug changes of the suite.
    package var variations: TicketingVariations {
        var variations = TicketingVariations.withoutFences(bug: rawValue)
        switch self {
        case .checkThenSet: variations.hold = CheckThenSet.hold
        case .fencesOff: break
        }
        return variations
    }
}

/// Why the build with bugs does not start.
package struct SeededBugError: Error, Sendable, CustomStringConvertible {
    package let description: String
}
