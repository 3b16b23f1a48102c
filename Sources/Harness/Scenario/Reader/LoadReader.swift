/// Reads one entry of `load:`, but for its flow's expressions.
struct LoadReader {
    static let maximumUsers = 100_000
    static let executors = [
        "storm", "constant-vus", "ramping-vus", "per-vu-iterations", "shared-iterations", "constant-arrival-rate",
        "ramping-arrival-rate", "poisson-arrival-rate",
    ]

    /// What is known of a load before its flow is compiled.
    struct Draft {
        let name: String
        let flowName: String?
        let flowReader: NodeReader?
        /// Nil when a diagnostic says why.
        ///
        /// The duration of a constant-vus may be missing still.
        let executor: DraftExecutor?
        let startTime: Duration
        let after: NodeReader?
        let set: NodeReader?
        let tags: [String: String]
        let reader: NodeReader
        let position: SourcePosition
        let wavesPosition: SourcePosition
    }

    enum DraftExecutor {
        case complete(Executor)
        /// A constant-vus that runs as long as the other loads do.
        case constantVUs(vus: Int, gracefulStop: Duration)
    }

    let overrides: Overrides

    func read(_ name: String, at position: SourcePosition, _ reader: NodeReader) -> Draft? {
        Name.check(name, "a load", at: position, path: reader.path, in: reader.context)
        guard let fields = reader.mapping("a load: { executor: storm, flow: …, users: …, waves: …, every: … }") else {
            return nil
        }
        let kind = fields.required("executor")
        let executorName = kind?.string("an executor: \(Self.executors.joined(separator: ", "))")
        let flow = fields.required("flow")
        let start = fields.optional("startTime")?.duration() ?? .zero
        let after = fields.optional("after")
        let set = fields.optional("set")
        let tags = TagsReader.constants(fields.optional("tags"))
        let reading = ExecutorReader(fields: fields, overrides: overrides)
        let executor = executorName.flatMap(reading.read)
        if let executorName, executor == nil {
            let suggestion = Spelling.suggestion(for: executorName, among: Self.executors)
            let known = ": use \(Self.executors.joined(separator: ", "))"
            kind?.error("unknown executor `\(executorName)`\(suggestion.isEmpty ? known : suggestion)")
        }
        if case .complete(.storm) = executor, let after {
            after.error("a storm's users are prepared beforehand, so it cannot wait for another load: use startTime")
        }
        // Which keys are known depends on the executor.
        if executor == nil { fields.finishMissing() } else { fields.finish() }
        return Draft(
            name: name,
            flowName: flow?.string("a flow's name"),
            flowReader: flow,
            executor: executor,
            startTime: start,
            after: after,
            set: set,
            tags: tags,
            reader: reader,
            position: position,
            wavesPosition: fields.optional("waves")?.position ?? position
        )
    }
}

extension LoadReader.Draft {
    /// When its last iteration can begin, for loads that have no end of their own.
    var end: Duration? {
        switch executor {
        case .complete(.storm(let storm)): startTime + storm.every * storm.waves
        case .complete(let executor): startTime + executor.duration
        case .constantVUs, nil: nil
        }
    }

    /// A constant-vus without a duration runs as long as the other loads do.
    func executor(othersEnd: Duration?) -> Executor? {
        switch executor {
        case .complete(let executor): return executor
        case .constantVUs(let vus, let gracefulStop):
            guard let rest = othersEnd.map({ $0 - startTime }), rest > .zero else {
                reader.error("`duration` is missing, and no other load says how long this one runs")
                return nil
            }
            return .constantVUs(ConstantVUsExecutor(vus: vus, duration: rest, gracefulStop: gracefulStop))
        case nil: return nil
        }
    }
}
