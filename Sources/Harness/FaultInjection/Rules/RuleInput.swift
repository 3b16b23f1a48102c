/// The body of `POST /chaos/v1/proxies/{p}/rules`.
///
/// ```
/// { "name": "lost-hold", "match": { "command": "EVALSHA", "key": "seat:*" }, "when": { "times": 2 },
///   "where": "reply", "act": "drop", "leaseSeconds": 10, "seed": 7 }
/// ```
/// `when` is `always` (the default), `once`, `{nth: n}`, `{every: n}`, `{times: n}` or `{probability: p}`; `where` is `request` (the default,
/// unless `match.direction` is `downstream`) or `reply`.
struct RuleInput: Sendable {
    let definition: RuleDefinition
    /// Keys of `match` that only one protocol has.
    let protocolKeys: [String: ProxiedProtocol]

    /// - Throws: ``ProxyError`` (400) naming the field that is unknown, missing, ill-typed or out of range.
    init(_ value: JSONValue) throws(ProxyError) {
        let fields = try value.fields()
        try fields.rejectUnknown(allowed: ["name", "match", "when", "where", "act", "leaseSeconds", "seed"])
        let (match, direction, keys) = try RuleMatch.read(fields.fields("match"))
        let places = RuleDefinition.Place.allCases.map(\.rawValue)
        let given = try fields.choice("where", places).flatMap { RuleDefinition.Place(rawValue: $0) }
        let place = given ?? (direction == .downstream ? .reply : .request)
        if let direction, direction != place.stream {
            throw ProxyError.badBody("match.direction: \(direction.rawValue) does not carry the \(place.rawValue)")
        }
        let act = try RuleAct.read(fields)
        if case .duplicate = act, place == .reply {
            throw ProxyError.badBody("act: duplicate sends a request twice; where must be request")
        }
        guard let lease = try fields.number("leaseSeconds", in: 0.001...ToxicInput.longestLease) else {
            throw ProxyError.missing("leaseSeconds")
        }
        protocolKeys = keys
        definition = RuleDefinition(
            name: try fields.name(default: "\(act.name)_\(place.rawValue)"),
            match: match,
            schedule: try RuleSchedule.read(fields),
            place: place,
            act: act,
            leaseSeconds: lease,
            seed: try fields.integer("seed", in: 0...Int64.max).map { UInt64($0) }
        )
    }

    /// - Throws: ``ProxyError`` (400) if a proxy that speaks `spoken` cannot have this rule.
    func check(_ proxy: String, speaks spoken: ProxiedProtocol?) throws(ProxyError) {
        guard let spoken else {
            throw ProxyError.badBody(
                "proxy \(proxy) follows no protocol; declare it with \"protocol\" when the proxy is made"
            )
        }
        for (key, owner) in protocolKeys.sorted(by: { $0.key < $1.key }) where owner != spoken {
            throw ProxyError.badBody("match.\(key): for \(owner.rawValue); proxy \(proxy) speaks \(spoken.rawValue)")
        }
        guard case .error(let code) = definition.act else { return }
        try code.check(spoken)
    }
}
