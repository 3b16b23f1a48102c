/// How many calls may be made again: one for every ten first calls, so that retries never add more than a tenth to the load.
///
/// A reserve of three lets a service with few calls retry at all; what is saved up is bounded.
package struct RetryBudget: Sendable {
    package static let reserve = 3
    package static let callsPerRetry = 10
    package static let mostSaved = 100

    /// In tenths of a retry, so that nothing is lost to rounding.
    private var tenths = reserve * callsPerRetry

    /// Makes a budget that has its reserve.
    package init() {}

    /// Takes note of a first call.
    package mutating func earn() { tenths = min(tenths + 1, Self.mostSaved * Self.callsPerRetry) }

    /// Pays for a retry, if there is enough.
    package mutating func spend() -> Bool {
        guard tenths >= Self.callsPerRetry else { return false }
        tenths -= Self.callsPerRetry
        return true
    }
}
