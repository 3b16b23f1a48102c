/// The share of samples that were "yes".
package struct Rate: Sendable, Equatable {
    package private(set) var yes: UInt64 = 0
    package private(set) var total: UInt64 = 0

    package init() {}

    package mutating func record(_ isYes: Bool) {
        total += 1
        if isYes { yes += 1 }
    }

    package mutating func merge(_ other: Rate) {
        yes += other.yes
        total += other.total
    }

    /// 0…1, nil without samples.
    package var share: Double? {
        total == 0 ? nil : Double(yes) / Double(total)
    }
}
