/// So many calls at once and no more: what hangs in one dependency must not take all that a service has.
package struct Bulkhead: Sendable {
    package let limit: Int
    package private(set) var inUse = 0

    /// Makes an empty one.
    package init(limit: Int) { self.limit = limit }

    /// Takes a place, if there is one; nobody waits here.
    package mutating func enter() -> Bool {
        guard inUse < limit else { return false }
        inUse += 1
        return true
    }

    /// Gives the place back.
    package mutating func leave() { inUse -= 1 }
}
