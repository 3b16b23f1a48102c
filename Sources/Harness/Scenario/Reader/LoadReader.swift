/// Reads one entry of `load:`, but for its flow's expressions.
struct LoadReader {
    private static let available = ["storm", "constant-vus"]
    private static let later = [
        "ramping-vus", "constant-arrival-rate", "ramping-arrival-rate", "per-vu-iterations", "shared-iterations",
        "poisson-arrival-rate",
    ]
    static let maximumUsers = 100_000

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
        let set: NodeReader?
        let reader: NodeReader
        let position: SourcePosition
        let wavesPosition: SourcePosition
    }

    enum DraftExecutor {
        case storm(StormExecutor)
        case constantVUs(vus: Int, duration: Duration?, gracefulStop: Duration)
    }

    let overrides: Overrides

    func read(_ name: String, at position: SourcePosition, _ reader: NodeReader) -> Draft? {
        Name.check(name, "a load", at: position, path: reader.path, in: reader.context)
        guard let fields = reader.mapping("a load: { executor: storm, flow: …, users: …, waves: …, every: … }") else {
            return nil
        }
        let kind = fields.required("executor")
        let executorName = kind?.string("an executor: \(Self.available.joined(separator: " or "))")
        let flow = fields.required("flow")
        let start = fields.optional("startTime")?.duration() ?? .zero
        let set = fields.optional("set")
        fields.refuse(["after"], instead: "use startTime")
        var executor: DraftExecutor?
        switch executorName {
        case "storm": executor = .storm(storm(fields))
        case "constant-vus": executor = constantVUs(fields)
        case .some(let other):
            if Self.later.contains(other) {
                kind?.error("\(other) is not available in this version yet: use storm or constant-vus")
            } else {
                let suggestion = Spelling.suggestion(for: other, among: Self.available + Self.later)
                kind?.error(
                    "unknown executor `\(other)`\(suggestion.isEmpty ? ": use storm or constant-vus" : suggestion)"
                )
            }
        case nil: break
        }
        // Which keys are known depends on the executor.
        if executor == nil { fields.finishMissing() } else { fields.finish() }
        return Draft(
            name: name,
            flowName: flow?.string("a flow's name"),
            flowReader: flow,
            executor: executor,
            startTime: start,
            set: set,
            reader: reader,
            position: position,
            wavesPosition: fields.optional("waves")?.position ?? position
        )
    }

    private func storm(_ fields: MappingReader) -> StormExecutor {
        let given = fields.required("users")?.integer(1...Self.maximumUsers) ?? 1
        let waves = fields.required("waves")?.integer(1...10_000) ?? 1
        let every = fields.required("every")?.duration(from: .milliseconds(1)) ?? .seconds(1)
        return StormExecutor(
            users: overrides.users ?? given,
            waves: min(waves, overrides.duration.map { Self.waves(every, startingBefore: $0) } ?? waves),
            every: every,
            gracefulStop: gracefulStop(fields)
        )
    }

    /// At least one: the first wave starts at once.
    private static func waves(_ every: Duration, startingBefore end: Duration) -> Int {
        max(1, Int(min((end / every).rounded(.up), 1e9)))
    }

    private func constantVUs(_ fields: MappingReader) -> DraftExecutor {
        let given = fields.optional("vus").map { $0.integer(1...Self.maximumUsers) ?? 1 } ?? 1
        let duration = fields.optional("duration")?.duration(from: .milliseconds(1))
        return .constantVUs(
            vus: overrides.users ?? given,
            duration: overrides.duration ?? duration,
            gracefulStop: gracefulStop(fields)
        )
    }

    private func gracefulStop(_ fields: MappingReader) -> Duration {
        fields.optional("gracefulStop")?.duration() ?? .seconds(30)
    }
}

extension LoadReader.Draft {
    /// When its last iteration can begin, for loads that have no end of their own.
    var end: Duration? {
        switch executor {
        case .storm(let storm): startTime + storm.every * storm.waves
        case .constantVUs(_, let duration, _): duration.map { startTime + $0 }
        case nil: nil
        }
    }

    /// A constant-vus without a duration runs as long as the other loads do.
    func executor(othersEnd: Duration?) -> Executor? {
        switch executor {
        case .storm(let storm): return .storm(storm)
        case .constantVUs(let vus, let duration, let gracefulStop):
            let rest = othersEnd.map { $0 - startTime }
            guard let duration = duration ?? rest, duration > .zero else {
                reader.error("`duration` is missing, and no other load says how long this one runs")
                return nil
            }
            return .constantVUs(ConstantVUsExecutor(vus: vus, duration: duration, gracefulStop: gracefulStop))
        case nil: return nil
        }
    }
}
