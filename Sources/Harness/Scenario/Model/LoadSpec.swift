/// Who runs a flow, and how: an entry of `load:`.
package struct LoadSpec: Sendable, Equatable {
    package let name: String
    /// Index into `Scenario.flows`.
    package let flow: Int
    package let executor: Executor
    /// How long after the run's start, or the end of ``after``, this load starts.
    package let startTime: Duration
    /// Index into `Scenario.load` of the load whose end this one waits for; nil → it starts with the run.
    package let after: Int?
    /// Slots set at the start of each iteration, in order.
    package let set: [Assignment]
    /// Of all its samples; they come before the scenario's.
    package let tags: [String: String]
    /// Indices into `Scenario.data` of the feeders that its iterations read, in order.
    package let feeders: [Int]
    package let position: SourcePosition

    init(
        name: String,
        flow: Int,
        executor: Executor,
        startTime: Duration = .zero,
        after: Int? = nil,
        set: [Assignment] = [],
        tags: [String: String] = [:],
        feeders: [Int] = [],
        position: SourcePosition
    ) {
        self.name = name
        self.flow = flow
        self.executor = executor
        self.startTime = startTime
        self.after = after
        self.set = set
        self.tags = tags
        self.feeders = feeders
        self.position = position
    }

    /// Users at one time at the most: of a wave, or all.
    package var users: Int { executor.users }
}
