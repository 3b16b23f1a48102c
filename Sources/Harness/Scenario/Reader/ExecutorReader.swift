/// Reads the parameters of an executor, with k6's names and defaults.
struct ExecutorReader {
    private static let longest = Duration.seconds(24 * 3600)
    private static let maximumRate = 1_000_000

    let fields: MappingReader
    let overrides: Overrides

    /// Nil for an executor that there is not; what is wrong with the parameters gets diagnostics.
    func read(_ name: String) -> LoadReader.DraftExecutor? {
        switch name {
        case "storm": .complete(.storm(storm()))
        case "constant-vus": constantVUs()
        case "ramping-vus": .complete(.rampingVUs(rampingVUs()))
        case "per-vu-iterations": .complete(.perVUIterations(iterations(isShared: false)))
        case "shared-iterations": .complete(.sharedIterations(iterations(isShared: true)))
        case "constant-arrival-rate": .complete(.arrivalRate(steady { .constant(rate: $0) }))
        case "poisson-arrival-rate": .complete(.arrivalRate(steady { .poisson(rate: $0) }))
        case "ramping-arrival-rate": .complete(.arrivalRate(rampingArrivalRate()))
        default: nil
        }
    }

    // MARK: Users

    private func storm() -> StormExecutor {
        let given = fields.required("users")?.integer(1...LoadReader.maximumUsers) ?? 1
        let waves = fields.required("waves")?.integer(1...10_000) ?? 1
        let every = fields.required("every")?.duration(from: .milliseconds(1)) ?? .seconds(1)
        return StormExecutor(
            users: overrides.users ?? given,
            waves: min(waves, overrides.duration.map { Self.waves(every, startingBefore: $0) } ?? waves),
            every: every,
            gracefulStop: gracefulStop()
        )
    }

    /// At least one: the first wave starts at once.
    private static func waves(_ every: Duration, startingBefore end: Duration) -> Int {
        max(1, Int(min((end / every).rounded(.up), 1e9)))
    }

    private func constantVUs() -> LoadReader.DraftExecutor {
        let vus = vus()
        let graceful = gracefulStop()
        let given = fields.optional("duration")?.duration(from: .milliseconds(1))
        guard let duration = overrides.duration ?? given else {
            return .constantVUs(vus: vus, gracefulStop: graceful)
        }
        return .complete(.constantVUs(ConstantVUsExecutor(vus: vus, duration: duration, gracefulStop: graceful)))
    }

    private func rampingVUs() -> RampingVUsExecutor {
        let start = fields.optional("startVUs").map { $0.integer(0...LoadReader.maximumUsers) ?? 1 } ?? 1
        let stages = stages(up: LoadReader.maximumUsers)
        if start == 0, stages.allSatisfy({ $0.target == 0 }), !stages.isEmpty {
            fields.reader.error("no stage has any users")
        }
        return RampingVUsExecutor(
            startVUs: start,
            stages: stages,
            gracefulRampDown: fields.optional("gracefulRampDown")?.duration() ?? .seconds(30),
            gracefulStop: gracefulStop()
        )
    }

    private func iterations(isShared: Bool) -> IterationsExecutor {
        let vus = vus()
        let iterations = fields.optional("iterations")?.integer(1...1_000_000_000) ?? 1
        if isShared, iterations < vus {
            (fields.optional("iterations") ?? fields.reader).error(
                "\(iterations) iterations are too few for \(vus) users to share"
            )
        }
        let maximum = fields.optional("maxDuration")?.duration(from: .seconds(1)) ?? .seconds(600)
        return IterationsExecutor(
            vus: vus,
            iterations: iterations,
            maxDuration: min(maximum, overrides.duration ?? maximum),
            gracefulStop: gracefulStop()
        )
    }

    private func vus() -> Int {
        let given = fields.optional("vus").map { $0.integer(1...LoadReader.maximumUsers) ?? 1 } ?? 1
        return overrides.users ?? given
    }

    // MARK: Arrivals

    private func steady(_ arrivals: (Int) -> Arrivals) -> ArrivalRateExecutor {
        let unit = fields.optional("timeUnit")?.duration(from: .milliseconds(1))
        let (rate, ownUnit) = rate(fields.required("rate"), unit)
        let given = fields.required("duration")?.duration(from: .milliseconds(1)) ?? .seconds(1)
        return arrivalRate(arrivals(rate), ownUnit ?? .seconds(1), overrides.duration ?? given)
    }

    private func rampingArrivalRate() -> ArrivalRateExecutor {
        let unit = fields.optional("timeUnit")?.duration(from: .milliseconds(1)) ?? .seconds(1)
        let start = fields.optional("startRate")?.integer(0...Self.maximumRate) ?? 0
        let stages = stages(up: Self.maximumRate)
        let whole = stages.reduce(Duration.zero) { $0 + $1.duration }
        return arrivalRate(.ramping(startRate: start, stages: stages), unit, min(whole, overrides.duration ?? whole))
    }

    /// `200` in a `timeUnit`, or with the unit beside it: `200/s`, `90/m`.
    private func rate(_ reader: NodeReader?, _ unit: Duration?) -> (Int, Duration?) {
        guard let reader else { return (1, unit) }
        guard let text = reader.text, let slash = text.firstIndex(of: "/") else {
            return (reader.integer(1...Self.maximumRate) ?? 1, unit)
        }
        let after = String(text[text.index(after: slash)...])
        let own = DurationLiteral.parse(after) ?? DurationLiteral.parse("1" + after)
        guard let count = Int(text[..<slash]), (1...Self.maximumRate).contains(count), let own, own > .zero else {
            reader.error(
                "expected iterations, from 1 to \(Self.maximumRate), in a time: 200/s or 90/m, found \(reader.found)"
            )
            return (1, unit)
        }
        if unit != nil { fields.optional("timeUnit")?.error("the rate has its unit already: \(text)") }
        return (count, own)
    }

    /// Without a number of users, as many as ten seconds of arrivals at the peak need, from 100 to 10,000.
    private func arrivalRate(_ arrivals: Arrivals, _ unit: Duration, _ duration: Duration) -> ArrivalRateExecutor {
        let range = 0...LoadReader.maximumUsers
        let ready = fields.optional("preAllocatedVUs")?.integer(range)
        let most = fields.optional("maxVUs")?.integer(1...LoadReader.maximumUsers)
        if let ready, let most, ready > most {
            fields.optional("maxVUs")?.error("maxVUs must be at least preAllocatedVUs, \(ready)")
        }
        let inTenSeconds = Double(arrivals.highest) * (Duration.seconds(10) / unit)
        let usual = Int(min(max(inTenSeconds.rounded(.up), 100), 10_000))
        let maxVUs = overrides.users ?? most ?? ready.map { max($0, 1) } ?? usual
        return ArrivalRateExecutor(
            arrivals: arrivals,
            timeUnit: unit,
            duration: duration,
            preAllocatedVUs: min(ready ?? 0, maxVUs),
            maxVUs: maxVUs,
            gracefulStop: gracefulStop()
        )
    }

    // MARK: Both

    private func stages(up highest: Int) -> [Stage] {
        guard let reader = fields.required("stages"),
            let entries = reader.sequence("stages: [{ duration: 10s, target: 50 }, …]")
        else { return [] }
        if entries.isEmpty { reader.error("expected at least one stage: { duration: 10s, target: 50 }") }
        let stages = entries.compactMap { entry -> Stage? in
            guard let stage = entry.mapping("a stage: { duration: 10s, target: 50 }") else { return nil }
            let duration = stage.required("duration")?.duration()
            let target = stage.required("target")?.integer(0...highest)
            stage.finish()
            guard let duration, let target else { return nil }
            return Stage(duration: duration, target: target)
        }
        let whole = stages.reduce(Duration.zero) { $0 + $1.duration }
        if stages.count == entries.count, !stages.isEmpty, whole == .zero || whole > Self.longest {
            reader.error("the stages must last longer than nothing, and at most 24 h together")
        }
        return stages
    }

    private func gracefulStop() -> Duration {
        fields.optional("gracefulStop")?.duration() ?? .seconds(30)
    }
}
