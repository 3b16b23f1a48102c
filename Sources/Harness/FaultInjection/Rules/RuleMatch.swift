/// Which messages a rule means: all of what is given must hold.
struct RuleMatch: Sendable, Equatable {
    /// The how-manieth connection of the proxy, from 1.
    var connection: UInt64?
    /// Redis: the command's name, in any case.
    var command: Glob?
    /// Redis: one of the command's keys.
    var key: Glob?
    /// Redis: first argument of `EVAL`, `EVALSHA`, `FCALL`: text, SHA-1 or name.
    var script: Glob?
    /// MySQL: the statement's first word, in capitals; `BEGIN` is `START TRANSACTION` too.
    var statement: String?
    /// MySQL: a table that the statement names.
    var table: Glob?
    /// Kafka: the request's API key.
    var api: Int16?
    /// Kafka: a topic of a Produce or Fetch request.
    var topic: Glob?
    /// HTTP: in capitals.
    var method: String?
    /// HTTP: the target without its query.
    var path: Glob?
    /// HTTP: lower-case names, and what their values must be like.
    var headers: [String: Glob] = [:]
}
