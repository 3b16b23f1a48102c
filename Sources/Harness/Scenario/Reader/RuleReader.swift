/// Reads a rule of the proxy: `match`, `when`, `where`, `act`.
struct RuleReader {
    static let acts = ["drop", "reset", "blackhole", "corrupt", "duplicate"]

    let target: LinkFaultSpec.Target
    let fields: MappingReader

    /// Reads it, whose `act` is given; nil when a diagnostic says why.
    func read(_ act: NodeReader) -> RuleSpec? {
        let match = fields.optional("match").map(match) ?? [:]
        let when = fields.optional("when").map(schedule) ?? .always
        let place = fields.optional("where").map { $0.choice(RuleSpec.Place.self, "request or reply") } ?? .request
        guard let when, let place, let act = self.act(act) else { return nil }
        return RuleSpec(match: match, when: when, place: place, act: act)
    }

    /// What messages of each protocol are told apart by.
    static func matchKeys(of target: LinkFaultSpec.Target) -> [String] {
        switch target {
        case .redis: ["command", "key", "script", "connection"]
        case .mysql: ["statement", "table", "connection"]
        case .kafka: ["api", "topic", "connection"]
        case .payment: ["method", "path", "connection"]
        }
    }

    private func match(_ reader: NodeReader) -> [String: String] {
        let matchKeys = Self.matchKeys(of: target)
        guard let fields = reader.mapping("patterns: { \(matchKeys[0]): … }") else { return [:] }
        var patterns: [String: String] = [:]
        for key in matchKeys {
            guard let value = fields.optional(key) else { continue }
            if key == "connection" {
                patterns[key] = value.integer(1...1_000_000_000).map { "\($0)" }
            } else {
                patterns[key] = value.string("a pattern, with * and ? in it")
            }
        }
        fields.finish()
        return patterns
    }

    private func schedule(_ reader: NodeReader) -> RuleSpec.Schedule? {
        let expected = "always, once, { nth: 3 }, { every: 3 }, { times: 3 } or { probability: 20% }"
        if let text = reader.text {
            switch text {
            case "always": return .always
            case "once": return .once
            default:
                let suggestion = Spelling.suggestion(for: text, among: ["always", "once"])
                reader.error("expected \(expected), found \"\(text)\"\(suggestion)")
                return nil
            }
        }
        guard let fields = reader.mapping(expected) else { return nil }
        let nth = fields.optional("nth")?.integer(1...1_000_000)
        let every = fields.optional("every")?.integer(1...1_000_000)
        let times = fields.optional("times")?.integer(1...1_000_000)
        let probability = fields.optional("probability")?.share()
        if fields.entries.count != 1 { reader.error("expected one of \(expected)") }
        fields.finish()
        return nth.map { .nth($0) } ?? every.map { .every($0) } ?? times.map { .times($0) }
            ?? probability.map { .probability($0) }
    }

    private func act(_ reader: NodeReader) -> RuleSpec.Act? {
        if let text = reader.text {
            switch text {
            case "drop": return .drop
            case "reset": return .reset
            case "blackhole": return .blackhole
            case "corrupt": return .corrupt
            case "duplicate": return .duplicate
            default:
                let suggestion = Spelling.suggestion(for: text, among: Self.acts)
                let known =
                    ": use \(Self.acts.joined(separator: ", ")), { delay: 1s }, { error: … } or { throttle: 10KB/s }"
                reader.error("unknown act `\(text)`\(suggestion.isEmpty ? known : suggestion)")
                return nil
            }
        }
        guard let fields = reader.mapping("{ delay: 1s }, { error: … } or { throttle: 10KB/s }") else { return nil }
        let delay = fields.optional("delay")
        let error = fields.optional("error")
        let throttle = fields.optional("throttle")
        if fields.entries.count != 1 { reader.error("expected one of delay, error and throttle") }
        fields.finish()
        if let delay {
            let distribution = delay.distribution()
            if case .exponential = distribution {
                delay.error("the proxy cannot delay exponentially; use constant, a..b, normal or lognormal")
            }
            return distribution.map { .delay($0) }
        }
        if let error { return errorCode(error).map { .error($0) } }
        return throttle.flatMap(Self.rate).map { .throttle($0) }
    }

    private func errorCode(_ reader: NodeReader) -> String? {
        switch target {
        case .redis: return reader.string("an error of Redis, such as \"BUSY try later\"")
        case .mysql: return reader.integer(1_000...65_535).map { "\($0)" }
        case .payment: return reader.integer(400...599).map { "\($0)" }
        case .kafka:
            reader.error("Kafka's errors stand deep in each reply; use `kafka: { down: [1] }`")
            return nil
        }
    }

    /// `100KB/s` or `100`, in KB/s.
    static func rate(_ reader: NodeReader) -> Int? {
        let text = reader.text?.filter { !$0.isWhitespace } ?? ""
        let number = text.hasSuffix("KB/s") ? String(text.dropLast(4)) : text
        guard let rate = Int(number), (1...10_000_000).contains(rate) else {
            reader.error("expected a rate such as 100KB/s, found \(reader.found)")
            return nil
        }
        return rate
    }
}

extension NodeReader {
    /// One of a few words.
    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type, _ expected: String) -> Choice?
    where Choice.RawValue == String {
        guard let text = string(expected) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let suggestion = Spelling.suggestion(for: text, among: Choice.allCases.map(\.rawValue))
        error("expected \(expected), found \"\(text)\"\(suggestion)")
        return nil
    }
}
