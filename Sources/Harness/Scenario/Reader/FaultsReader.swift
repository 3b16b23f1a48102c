/// Reads `faults:`.
enum FaultsReader {
    private static let later = [
        "mysql", "kafka", "http", "kill", "freeze", "restart", "partition", "clock", "pressure",
    ]

    /// Reads the list; `end` is when the load is over at the latest, nil when that is not known.
    static func read(_ reader: NodeReader?, end: Duration?) -> [FaultSpec] {
        guard let reader, let entries = reader.sequence("a list of faults") else { return [] }
        var faults: [FaultSpec] = []
        for entry in entries {
            guard let fault = fault(entry) else { continue }
            if let end, fault.at >= end {
                entry.error(
                    "the fault starts after the load has ended (at \(end) at the latest), so it would test nothing"
                )
            }
            if let other = faults.firstIndex(where: { $0.overlaps(fault) }) {
                entry.error("overlaps with faults[\(other)], which is about \(fault.target) too")
            }
            faults.append(fault)
        }
        return faults
    }

    private static func fault(_ reader: NodeReader) -> FaultSpec? {
        guard let fields = reader.mapping("a fault: { at: 10s, for: 15s, redis: { latency: 50ms } }") else {
            return nil
        }
        let at = fields.required("at")?.duration()
        let lasting = fields.required("for")?.duration(from: .milliseconds(100))
        fields.refuse(["ramp", "every", "jitter", "until", "while"], instead: "use at and for")
        let payment = fields.optional("payment")
        let redis = fields.optional("redis")
        let later = later.filter { fields.optional($0) != nil }
        fields.refuse(later, instead: "use payment or redis")
        if payment != nil, let redis { redis.error("a fault hits one thing; write another entry for this") }
        if payment == nil, redis == nil, later.isEmpty, fields.unknown.isEmpty {
            reader.error("expected what to hit: payment or redis")
        }
        fields.finish()
        let kind: FaultSpec.Kind? = payment.flatMap(Self.payment) ?? redis.flatMap(Self.redis)
        guard let kind, let at, let lasting else { return nil }
        return FaultSpec(at: at, lasting: lasting, kind: kind, position: reader.position)
    }

    private static func payment(_ reader: NodeReader) -> FaultSpec.Kind? {
        guard let fields = reader.mapping("{ delay: lognormal(800ms, 400ms), fail: 20% }") else { return nil }
        let delay = fields.optional("delay")?.distribution()
        let fail = fields.optional("fail")?.share()
        if case .exponential = delay {
            fields.optional("delay")?.error(
                "payment cannot delay exponentially; use constant, a..b, normal or lognormal"
            )
        }
        if fields.entries.isEmpty { reader.error("expected delay, fail or both") }
        fields.refuse(["error", "hang", "dropReply"], instead: "use delay and fail")
        fields.finish()
        return .payment(PaymentFaultSpec(delay: delay, fail: fail ?? 0))
    }

    private static func redis(_ reader: NodeReader) -> FaultSpec.Kind? {
        guard let fields = reader.mapping("{ latency: 50ms, jitter: 20ms }") else { return nil }
        let latency = fields.required("latency")?.duration(from: .milliseconds(1), to: .seconds(60))
        let jitter = fields.optional("jitter")?.duration(to: .seconds(60)) ?? .zero
        if let latency, jitter > latency { fields.optional("jitter")?.error("must be at most the latency") }
        fields.finish()
        return latency.map { .redis(RedisFaultSpec(latency: $0, jitter: jitter)) }
    }
}

extension FaultSpec {
    fileprivate func overlaps(_ other: FaultSpec) -> Bool {
        target == other.target && at < other.at + other.lasting && other.at < at + lasting
    }
}
