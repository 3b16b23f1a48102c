/// What became of a command, as the tag `outcome` of its samples.
package enum RedisOutcome: String, Sendable, CaseIterable {
    case reply
    /// The reply is an error: nothing was done.
    case error
    /// It was never written to the connection.
    case unsent
    /// It was written, and no reply came: whether it was done, nobody knows.
    case unknown
}

/// A raw command for the run's Redis, measured under a name of its own.
///
/// Its reply is read as JSON: an integer, a text, `null`, or a list of these.
package struct RedisStep: Sendable, Equatable {
    /// The tag `request` in every metric; unique in the scenario.
    package let name: String
    /// Index into `Scenario.requestNames`.
    package let index: Int
    /// The command's name and its arguments; at least one.
    package let command: [Template]
    /// 5 s when left out.
    package let timeout: Duration
    /// JSON paths into the reply.
    package let captures: [Capture]
    package let tags: [TagTemplate]
    package let group: String
    package let position: SourcePosition
}
