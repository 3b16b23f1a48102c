extension RuleMatch {
    typealias Reading = (match: RuleMatch, direction: Stream?, keys: [String: ProxiedProtocol])

    /// `match` of a rule; nothing given matches every message.
    static func read(_ fields: JSONFields?) throws(ProxyError) -> Reading {
        var match = RuleMatch()
        guard let fields else { return (match, nil, [:]) }
        let owners: [String: ProxiedProtocol] = [
            "command": .redis, "key": .redis, "script": .redis, "statement": .mysql, "table": .mysql, "api": .kafka,
            "topic": .kafka, "method": .http, "path": .http, "header": .http,
        ]
        try fields.rejectUnknown(allowed: ["connection", "direction"] + owners.keys.sorted())
        match.connection = try fields.integer("connection", in: 1...Int64.max).map { UInt64($0) }
        match.command = try glob(fields, "command", ignoresCase: true)
        match.key = try glob(fields, "key")
        match.script = try glob(fields, "script")
        match.table = try glob(fields, "table", ignoresCase: true)
        match.topic = try glob(fields, "topic")
        match.path = try glob(fields, "path")
        match.statement = try SQLStatement.readKind(fields, "statement")
        match.api = try KafkaAPI.read(fields, "api")
        match.method = try fields.string("method")?.uppercased()
        for (name, _) in try fields.object("header") ?? [:] {
            let values = try fields.fields("header")
            match.headers[name.lowercased()] = try values.flatMap { values throws(ProxyError) in try glob(values, name)
            }
        }
        if match.topic != nil, let api = match.api, api != KafkaAPI.produce, api != KafkaAPI.fetch {
            throw ProxyError.badBody("match.topic: only Produce and Fetch are looked into")
        }
        let directions = Stream.allCases.map(\.rawValue)
        let direction = try fields.choice("direction", directions).flatMap { Stream(rawValue: $0) }
        return (match, direction, owners.filter { fields.value($0.key) != nil })
    }

    private static func glob(
        _ fields: JSONFields,
        _ name: String,
        ignoresCase: Bool = false
    ) throws(ProxyError) -> Glob? {
        guard let pattern = try fields.string(name) else { return nil }
        guard (1...1_024).contains(pattern.utf8.count) else {
            throw ProxyError.badBody("\(fields.path)\(name): its length, \(pattern.utf8.count) bytes, is not in 1…1024")
        }
        return Glob(pattern, ignoresCase: ignoresCase)
    }
}
