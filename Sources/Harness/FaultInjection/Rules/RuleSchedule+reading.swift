extension RuleSchedule {
    /// `when` of a rule.
    static func read(_ rule: JSONFields) throws(ProxyError) -> RuleSchedule {
        switch rule.value("when") {
        case nil, .string("always"): return .always
        case .string("once"): return .times(1)
        case .object(let fields) where fields.count == 1:
            let fields = JSONFields(fields: fields, path: "when.")
            try fields.rejectUnknown(allowed: ["nth", "every", "times", "probability"])
            if let n = try fields.integer("nth", in: 1...Int64.max) { return .nth(UInt64(n)) }
            if let n = try fields.integer("every", in: 1...Int64.max) { return .every(UInt64(n)) }
            if let n = try fields.integer("times", in: 1...Int64.max) { return .times(UInt64(n)) }
            if let p = try fields.number("probability", in: 0...1) { return .probability(p) }
        default: break
        }
        throw ProxyError.badBody(
            "when: expected always, once, {nth: n}, {every: n}, {times: n} or {probability: p}"
        )
    }
}
