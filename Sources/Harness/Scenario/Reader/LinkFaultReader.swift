/// Reads what is done to the links to Redis, MySQL, Kafka or payment: a toxic, `down`, `partition`, or a rule.
struct LinkFaultReader {
    static let toxics = ["latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"]
    /// All keys of a fault of a link.
    static let keys =
        toxics + ["jitter", "direction", "toxicity", "partition", "match", "when", "where", "act"]

    let target: LinkFaultSpec.Target

    func read(_ reader: NodeReader, from: NodeReader?) -> LinkFaultSpec? {
        let service = from.flatMap(service)
        if from != nil, service == nil { return nil }
        return effect(reader).map { LinkFaultSpec(target: target, from: service, effect: $0) }
    }

    private func service(_ reader: NodeReader) -> String? {
        let known = target.users
        guard let name = reader.string("a service: \(known.joined(separator: ", "))") else { return nil }
        guard known.contains(name) else {
            let suggestion = Spelling.suggestion(for: name, among: known)
            let others = "; \(known.joined(separator: ", ")) " + (known.count == 1 ? "has one" : "have one each")
            reader.error("`\(name)` has no link to \(target.rawValue)\(suggestion.isEmpty ? others : suggestion)")
            return nil
        }
        return name
    }

    private func effect(_ reader: NodeReader) -> LinkFaultSpec.Effect? {
        if let text = reader.text {
            if text == "down" { return .down }
            let suggestion = Spelling.suggestion(for: text, among: ["down"])
            reader.error("expected down or what happens to the link, found \"\(text)\"\(suggestion)")
            return nil
        }
        guard let fields = reader.mapping("down, { latency: 50ms, jitter: 20ms } or { where: reply, act: drop }") else {
            return nil
        }
        let effects = (Self.toxics + ["partition", "act"]).filter { fields.optional($0) != nil }
        for other in effects.dropFirst() {
            fields.optional(other)?.error("one thing at a time; write another entry for this")
        }
        guard let name = effects.first, let value = fields.optional(name) else {
            if fields.optional("match") ?? fields.optional("when") ?? fields.optional("where") != nil {
                _ = fields.required("act")
            } else if fields.unknown.isEmpty || fields.entries.isEmpty {
                reader.error(
                    "expected what happens to it: \((Self.toxics + ["partition", "act"]).joined(separator: ", "))"
                )
            }
            fields.finish()
            return nil
        }
        let effect: LinkFaultSpec.Effect? =
            switch name {
            case "act": RuleReader(target: target, fields: fields).read(value).map(LinkFaultSpec.Effect.rule)
            case "partition":
                value.choice(LinkFaultSpec.Direction.self, "upstream (requests) or downstream (replies)")
                    .map(LinkFaultSpec.Effect.partition)
            default: toxic(name, value, fields).map(LinkFaultSpec.Effect.toxic)
            }
        fields.finish()
        return effect
    }

    private func toxic(_ type: String, _ value: NodeReader, _ fields: MappingReader) -> ToxicSpec? {
        let direction = fields.optional("direction").flatMap {
            $0.choice(LinkFaultSpec.Direction.self, "upstream (requests) or downstream (replies)")
        }
        let toxicity = fields.optional("toxicity")?.share()
        guard let attributes = attributes(type, value, fields) else { return nil }
        return ToxicSpec(
            type: type,
            direction: direction ?? .downstream,
            toxicity: toxicity ?? 1,
            attributes: attributes
        )
    }

    private func attributes(_ type: String, _ value: NodeReader, _ fields: MappingReader) -> [String: Int64]? {
        func milliseconds(_ reader: NodeReader?, from low: Duration = .zero) -> Int64? {
            reader?.duration(from: low, to: .seconds(60)).map { Int64(($0 / .milliseconds(1)).rounded()) }
        }
        switch type {
        case "latency":
            let latency = milliseconds(value, from: .milliseconds(1))
            let jitter = milliseconds(fields.optional("jitter")) ?? 0
            if let latency, jitter > latency { fields.optional("jitter")?.error("must be at most the latency") }
            return latency.map { ["latency": $0, "jitter": jitter] }
        case "bandwidth": return rate(value).map { ["rate": Int64($0)] }
        case "slow_close": return milliseconds(value).map { ["delay": $0] }
        case "timeout", "reset_peer": return milliseconds(value).map { ["timeout": $0] }
        case "limit_data": return value.integer(0...1_000_000_000).map { ["bytes": Int64($0)] }
        default:
            guard let slicer = value.mapping("{ average_size: 64, size_variation: 32, delay: 10us }") else {
                return nil
            }
            let size = slicer.required("average_size")?.integer(1...1_000_000)
            let variation = slicer.optional("size_variation").flatMap { $0.integer(0...1_000_000) } ?? 0
            let delay = slicer.optional("delay").flatMap { $0.duration(to: .seconds(1)) } ?? .zero
            slicer.finish()
            return size.map {
                [
                    "average_size": Int64($0), "size_variation": Int64(variation),
                    "delay": Int64((delay / .microseconds(1)).rounded()),
                ]
            }
        }
    }

    /// `100KB/s` or `100`.
    private func rate(_ reader: NodeReader) -> Int? { RuleReader.rate(reader) }
}
