/// One operation of a history, with the interval in which it took effect.
package struct Call<Operation: Hashable & Sendable>: Sendable {
    /// The time of what never returned.
    package static var never: Int64 { .max }

    package var operation: Operation
    /// Before this moment it certainly had no effect; any unit, the same in the whole history.
    package var invoke: Int64
    /// After this moment it certainly has had its effect; `never` where nobody knows.
    package var `return`: Int64
    /// It may never have happened at all: the outcome is unknown.
    package var isOptional: Bool
    /// The object's version after it, where it changed the object and the version was told.
    package var version: Int64?
    /// The place in the history of a call that must come first, whatever the intervals say: a lease is granted before it expires.
    package var after: Int?
    /// The place of the operation in what was recorded, for explanations.
    package var source: Int

    /// Makes a call; an optional one never returns.
    package init(
        _ operation: Operation,
        invoke: Int64,
        return end: Int64,
        isOptional: Bool = false,
        version: Int64? = nil,
        after: Int? = nil,
        source: Int = 0
    ) {
        self.operation = operation
        self.invoke = invoke
        self.return = isOptional ? Self.never : end
        self.isOptional = isOptional
        self.version = version
        self.after = after
        self.source = source
    }
}
