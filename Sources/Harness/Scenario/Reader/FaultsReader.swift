import Yams

/// Reads `faults:`.
struct FaultsReader {
    /// What can be hit, as the keys are written.
    static let subjects =
        LinkFaultSpec.Target.allCases.map(\.rawValue) + ProcessFaultSpec.Action.allCases.map(\.rawValue)
    private static let later = ["http", "partition", "clock", "pressure"]
    private static let example = "a fault: { at: 10s, for: 15s, redis: { latency: 50ms } }"

    /// When a load begins and is over at the latest.
    struct LoadWindow {
        let name: String
        let start: Duration
        /// When its last iteration may begin.
        let end: Duration
        /// When its last iteration has ended, or was ended.
        let latest: Duration
    }

    /// Of every load; empty when they are not known.
    let loads: [LoadWindow]
    /// The commands of the scenario's environment by what they do; nil for the embedded suite.
    let commands: [String: String]?

    /// When the load is over at the latest; nil when that is not known.
    var end: Duration? { loads.map(\.latest).max() }

    func read(_ reader: NodeReader?) -> [FaultSpec] {
        guard let reader, let entries = reader.sequence("a list of faults") else { return [] }
        var faults: [FaultSpec] = []
        for entry in entries {
            guard let fault = fault(entry) else { continue }
            if let end, fault.at >= end {
                entry.error(
                    "the fault starts after the load has ended (at \(end) at the latest), so it would test nothing"
                )
            }
            let conflicts = faults.enumerated().lazy.compactMap { index, other in
                fault.conflict(with: other).map { (index, $0) }
            }
            if let (index, why) = conflicts.first { entry.error("overlaps with faults[\(index)], \(why)") }
            faults.append(fault)
        }
        return faults
    }

    private func fault(_ reader: NodeReader) -> FaultSpec? {
        guard let fields = reader.mapping(Self.example) else { return nil }
        let subjects = Self.subjects.compactMap { name in fields.optional(name).map { (name, $0) } }
        let isInstant = subjects.first?.0 == ProcessFaultSpec.Action.restart.rawValue
        let timing = FaultTimingReader(fields: fields, loads: loads, isInstant: isInstant).read()
        let from = fields.optional("from")
        let later = Self.later.filter { fields.optional($0) != nil }
        fields.refuse(later, instead: "use \(Self.subjects.joined(separator: ", "))")
        for (_, other) in subjects.dropFirst() { other.error("a fault hits one thing; write another entry for this") }
        if subjects.isEmpty, later.isEmpty, fields.unknown.isEmpty {
            reader.error("expected what to hit: \(Self.subjects.joined(separator: ", "))")
        }
        fields.finish()
        guard let (name, subject) = subjects.first, let kind = kind(name, subject, from), let timing else { return nil }
        if timing.ramp > .zero, !kind.canGrow {
            fields.optional("ramp")?.error("only a latency can grow; leave it out")
        }
        return FaultSpec(
            at: timing.at,
            lasting: timing.lasting,
            ramp: timing.ramp,
            repetition: timing.repetition,
            kind: kind,
            position: reader.position
        )
    }

    private func kind(_ name: String, _ reader: NodeReader, _ from: NodeReader?) -> FaultSpec.Kind? {
        if let target = LinkFaultSpec.Target(rawValue: name) {
            if from == nil, let kind = special(target, reader) { return kind }
            return LinkFaultReader(target: target).read(reader, from: from).map(FaultSpec.Kind.link)
        }
        from?.error("a process is hit itself, whoever uses it; leave it out")
        return ProcessFaultSpec.Action(rawValue: name).flatMap {
            ProcessFaultReader(commands: commands).process($0, reader)
        }
    }

    /// What is done to payment or the brokers themselves, not to the links to them; nil when it is not that.
    private func special(_ target: LinkFaultSpec.Target, _ reader: NodeReader) -> FaultSpec.Kind? {
        guard case .mapping(let entries) = reader.node else {
            guard target == .kafka, commands == nil else { return nil }
            return ProcessFaultReader(commands: commands).broker(reader)
        }
        let keys = entries.rejoined.compactMap(\.key.string)
        switch target {
        case .payment where keys.isEmpty || !keys.allSatisfy({ LinkFaultReader.keys.contains($0) }):
            return payment(reader)
        case .kafka where keys.contains("slow") || keys.contains("down"):
            return ProcessFaultReader(commands: commands).broker(reader)
        default: return nil
        }
    }

    private func payment(_ reader: NodeReader) -> FaultSpec.Kind? {
        guard let fields = reader.mapping("{ delay: lognormal(800ms, 400ms), fail: 20% }") else { return nil }
        let delay = fields.optional("delay")?.distribution()
        if case .exponential = delay {
            fields.optional("delay")?.error(
                "payment cannot delay exponentially; use constant, a..b, normal or lognormal"
            )
        }
        let shares = ["fail", "error", "hang", "dropReply"].map { fields.optional($0)?.share() ?? 0 }
        if fields.entries.isEmpty {
            let link = LinkFaultReader.toxics.joined(separator: ", ")
            reader.error("expected delay, fail, error, hang or dropReply; or what happens to the link to it: \(link)")
        }
        fields.finish()
        return .payment(
            PaymentFaultSpec(delay: delay, fail: shares[0], error: shares[1], hang: shares[2], dropReply: shares[3])
        )
    }
}

extension FaultSpec.Kind {
    fileprivate var canGrow: Bool {
        if case .link(let link) = self, case .toxic(let toxic) = link.effect { toxic.type == "latency" } else { false }
    }
}

extension FaultSpec {
    /// Why the two cannot be in force at the same time; nil when they can, or never are.
    fileprivate func conflict(with other: FaultSpec) -> String? {
        let instant = Duration.milliseconds(1)
        guard target == other.target, at < max(other.end, other.at + instant), other.at < max(end, at + instant) else {
            return nil
        }
        switch (kind, other.kind) {
        case (.payment, .process), (.process, .payment): return "and payment forgets its faults when its process ends"
        case (.link(let one), .link(let two)) where !one.excludes(two): return nil
        case (.payment, .payment), (.link, .link), (.process, .process), (.broker, .broker):
            return "which is about \(target) too"
        default: return nil
        }
    }
}

extension LinkFaultSpec {
    /// Whether both would do the same to the same link.
    fileprivate func excludes(_ other: LinkFaultSpec) -> Bool {
        guard from == nil || other.from == nil || from == other.from else { return false }
        switch (effect, other.effect) {
        case (.toxic(let one), .toxic(let two)): return one.type == two.type && one.direction == two.direction
        case (.partition(let one), .partition(let two)): return one == two
        case (.down, .down): return true
        default: return false
        }
    }
}
