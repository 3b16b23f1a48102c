/// Reads `faults:`.
struct FaultsReader {
    /// What can be hit, as the keys are written.
    private static let subjects = ["payment", "redis", "kafka"] + ProcessFaultSpec.Action.allCases.map(\.rawValue)
    private static let later = ["mysql", "http", "partition", "clock", "pressure"]
    private static let example = "a fault: { at: 10s, for: 15s, redis: { latency: 50ms } }"

    /// When the load is over at the latest; nil when that is not known.
    let end: Duration?
    /// The commands of the scenario's environment by what they do; nil for the embedded suite.
    let commands: [String: String]?

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
            if let (index, why) = faults.enumerated().lazy.compactMap({ index, other in
                fault.conflict(with: other).map { (index, $0) }
            }).first {
                entry.error("overlaps with faults[\(index)], \(why)")
            }
            faults.append(fault)
        }
        return faults
    }

    private func fault(_ reader: NodeReader) -> FaultSpec? {
        guard let fields = reader.mapping(Self.example) else { return nil }
        let subjects = Self.subjects.compactMap { name in fields.optional(name).map { (name, $0) } }
        let at = fields.required("at")?.duration()
        let isInstant = subjects.first?.0 == ProcessFaultSpec.Action.restart.rawValue
        let lasting = isInstant ? .zero : fields.required("for")?.duration(from: .milliseconds(100))
        if isInstant, let lasting = fields.optional("for") {
            lasting.error("a restart has no length: it is over once the process has been started again")
        }
        fields.refuse(["ramp", "every", "jitter", "until", "while"], instead: "use at and for")
        let later = Self.later.filter { fields.optional($0) != nil }
        fields.refuse(later, instead: "use \(Self.subjects.joined(separator: ", "))")
        for (_, other) in subjects.dropFirst() { other.error("a fault hits one thing; write another entry for this") }
        if subjects.isEmpty, later.isEmpty, fields.unknown.isEmpty {
            reader.error("expected what to hit: \(Self.subjects.joined(separator: ", "))")
        }
        fields.finish()
        guard let (name, subject) = subjects.first, let kind = kind(name, subject), let at, let lasting else {
            return nil
        }
        return FaultSpec(at: at, lasting: lasting, kind: kind, position: reader.position)
    }

    private func kind(_ name: String, _ reader: NodeReader) -> FaultSpec.Kind? {
        switch name {
        case "payment": payment(reader)
        case "redis": redis(reader)
        case "kafka": broker(reader)
        default: ProcessFaultSpec.Action(rawValue: name).flatMap { process($0, reader) }
        }
    }

    private func payment(_ reader: NodeReader) -> FaultSpec.Kind? {
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

    private func redis(_ reader: NodeReader) -> FaultSpec.Kind? {
        guard let fields = reader.mapping("{ latency: 50ms, jitter: 20ms }") else { return nil }
        let latency = fields.required("latency")?.duration(from: .milliseconds(1), to: .seconds(60))
        let jitter = fields.optional("jitter")?.duration(to: .seconds(60)) ?? .zero
        if let latency, jitter > latency { fields.optional("jitter")?.error("must be at most the latency") }
        fields.finish()
        return latency.map { .redis(RedisFaultSpec(latency: $0, jitter: jitter)) }
    }
}

// MARK: Processes and the broker

extension FaultsReader {
    private func process(_ action: ProcessFaultSpec.Action, _ reader: NodeReader) -> FaultSpec.Kind? {
        guard let name = reader.string("a process: \(ProcessFaultSpec.suite.joined(separator: ", "))") else {
            return nil
        }
        let fault = FaultSpec.Kind.process(ProcessFaultSpec(action: action, process: name))
        if let commands {
            let needed: [String] =
                switch action {
                case .freeze: ["freeze", "resume"]
                case .kill: ["kill", "restart"]
                case .restart: ["restart"]
                }
            for command in needed where commands[command] == nil {
                reader.error(
                    "this environment has no command to do it with: give `environment.commands.\(command)`,"
                        + " such as \"docker \(command == "freeze" ? "pause" : command) ${process}\""
                )
            }
            return fault
        }
        guard isInSuite(name) else {
            let suggestion = Spelling.suggestion(for: name, among: ProcessFaultSpec.suite)
            let known = ": the suite has \(ProcessFaultSpec.suite.joined(separator: ", "))"
            reader.error("there is no process `\(name)`\(suggestion.isEmpty ? known : suggestion)")
            return nil
        }
        if name == "kafka", action != .freeze {
            reader.error("the embedded broker keeps its log in memory; use `freeze: kafka` or `kafka: down`")
        }
        return fault
    }

    /// One of the processes, or a further one of a service.
    private func isInSuite(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, let number = Int(parts[1]), (2...16).contains(number) {
            return ProcessFaultSpec.suite.prefix(4).contains(String(parts[0]))
        }
        return ProcessFaultSpec.suite.contains(name)
    }

    private func broker(_ reader: NodeReader) -> FaultSpec.Kind? {
        if commands != nil {
            reader.error("only the embedded broker can be told to; here use a command: kill, freeze or restart")
        }
        if let text = reader.text {
            guard text == "down" else {
                let suggestion = Spelling.suggestion(for: text, among: ["down"])
                reader.error("expected down or { slow: 200ms }, found \"\(text)\"\(suggestion)")
                return nil
            }
            return .broker(BrokerFaultSpec(change: .down, brokers: []))
        }
        guard let fields = reader.mapping("down, { down: [1] } or { slow: 200ms, brokers: [1, 2] }") else { return nil }
        let slow = fields.optional("slow")
        let down = fields.optional("down")
        let brokers = fields.optional("brokers")
        if let slow, down != nil { slow.error("brokers that are down answer nothing; write another entry for this") }
        if slow == nil, down == nil, fields.unknown.isEmpty { reader.error("expected down or slow") }
        if down != nil, let brokers { brokers.error("write `down: [1, 2]`") }
        fields.finish()
        if let down { return .broker(BrokerFaultSpec(change: .down, brokers: ids(down))) }
        return slow?.duration(from: .milliseconds(1), to: .seconds(60)).map {
            .broker(BrokerFaultSpec(change: .slow($0), brokers: brokers.map(ids) ?? []))
        }
    }

    private func ids(_ reader: NodeReader) -> [Int] {
        if !reader.isSequence { return reader.integer(1...16).map { [$0] } ?? [] }
        return (reader.sequence("ids of brokers: [1, 2]") ?? []).compactMap { $0.integer(1...16) }
    }
}

extension FaultSpec {
    /// Why the two cannot be in force at the same time; nil when they can, or never are.
    fileprivate func conflict(with other: FaultSpec) -> String? {
        guard target == other.target, at < other.at + max(other.lasting, .milliseconds(1)),
            other.at < at + max(lasting, .milliseconds(1))
        else { return nil }
        switch (kind, other.kind) {
        case (.payment, .process), (.process, .payment): return "and payment forgets its faults when its process ends"
        case (.redis, .process), (.process, .redis), (.broker, .process), (.process, .broker): return nil
        default: return "which is about \(target) too"
        }
    }
}
