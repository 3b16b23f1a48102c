/// What an expression may ask of the virtual user that evaluates it.
package protocol ExpressionContext {
    /// Value of a slot of the flow, 0..<`Flow.slotCount`; ``Value/none`` while it is not set.
    func slot(_ index: Int) -> Value

    /// HTTP status of the user's last response; 0 before the first and when the last request got none.
    var status: Int { get }
    /// Index of the user within its load, and in a storm within its wave; from 0.
    var user: Int { get }
    /// Wave of the storm, from 0; 0 outside storms.
    var wave: Int { get }
    /// How many iterations this user has finished.
    var iteration: Int { get }
    /// Milliseconds since 1970-01-01 UTC.
    var now: Int64 { get }
    /// A number drawn once a run from the system's randomness, not from the seed. It goes into every `uuid`, so that
    /// two runs with the same seed against the same services do not share idempotency keys.
    var runNonce: UInt64 { get }
    /// Next number of the user's own generator (see ``SplitMix64``).
    mutating func nextRandom() -> UInt64

    /// Field of copy `copy` of `scenario.events[template]`; ``Value/none`` when there is no such copy. `copy` may be
    /// any number.
    func event(_ template: Int, copy: Int, field: EventField) -> Value
    /// Field `column` of the row that the iteration has of `scenario.data[feeder]` (see ``DataFeeder/row(of:)``).
    func data(_ feeder: Int, column: Int) -> Value
    /// Value at `path` of the user's last response body; ``Value/none`` when there is no body or no such value.
    /// ``JSONPath/value(in:)`` does the work.
    func responseValue(_ path: JSONPath) -> Value
}
