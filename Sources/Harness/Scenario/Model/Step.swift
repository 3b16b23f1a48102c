/// One step of a flow, as a tree.
///
/// The engine runs ``Flow/program``, which is the same thing flat.
package struct Step: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case request(RequestStep)
        case poll(PollStep)
        case stream(StreamStep)
        /// A pause.
        case think(DurationDistribution)
        /// Ends the iteration when the condition is true (`stop: { unless: … }` is compiled to its opposite).
        case stop(when: Expression)
        case set([Assignment])
        indirect case branch(condition: Expression, then: [Step], otherwise: [Step])
        /// Runs the steps so many times; the count is evaluated once, on arrival. `indexSlot` holds which time it is, from 0.
        indirect case loop(times: Expression, counterSlot: Int, indexSlot: Int?, steps: [Step])
        case parallel(ParallelStep)
        /// Index into `Scenario.rendezvous`.
        case rendezvous(Int)
        case redis(RedisStep)
        /// Steps that are measured together under a name, k6's `group`; `startSlot` holds when it was entered.
        indirect case group(name: String, startSlot: Int, steps: [Step])
    }
    package let kind: Kind
    package let position: SourcePosition
}

/// Sets a slot.
///
/// Assignments of one list are made in order, each seeing those before it.
package struct Assignment: Sendable, Equatable {
    package let slot: Int
    package let value: Expression
}

/// A request that is repeated until its response says that something has happened.
///
/// Sent at once, then every `every` from the start of the last one (at once, where that took longer), until `until` is
/// true or `within` has passed since the first; in the second case the poll has failed and the iteration goes on.
package struct PollStep: Sendable, Equatable {
    package let request: RequestStep
    package let until: Expression
    package let every: Duration
    package let within: Duration
}

/// A server-sent event stream, held open for a time while its events are counted.
package struct StreamStep: Sendable, Equatable {
    /// A `GET`; its timeout is for the response's head only.
    package let request: RequestStep
    package let duration: Duration
}
