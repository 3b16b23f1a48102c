extension RuleAct {
    /// `act` of a rule.
    static func read(_ rule: JSONFields) throws(ProxyError) -> RuleAct {
        switch rule.value("act") {
        case nil: throw ProxyError.missing("act")
        case .string("drop"): return .drop
        case .string("reset"): return .reset
        case .string("blackhole"): return .blackhole
        case .string("corrupt"): return .corrupt
        case .string("duplicate"): return .duplicate
        case .object(let fields) where fields.count == 1:
            let fields = JSONFields(fields: fields, path: "act.")
            try fields.rejectUnknown(allowed: ["delay", "error", "slice", "throttle"])
            if let delay = fields.value("delay") {
                return .delay(try DelayDistribution.read(delay, "act.delay"))
            }
            if fields.value("error") != nil {
                return .error(try ErrorCode.read(fields, "error"))
            }
            if let attributes = try fields.object("slice") {
                return .slice(try SlicerToxic(attributes: AttributeReader(type: "slice", attributes: attributes)))
            }
            if let rate = try fields.integer("throttle", in: 1...10_000_000) {
                let attributes = AttributeReader(type: "throttle", attributes: ["rate": .integer(rate)])
                return .throttle(try BandwidthToxic(attributes: attributes))
            }
        default: break
        }
        throw ProxyError.badBody(
            """
            act: expected drop, reset, blackhole, corrupt, duplicate, {delay: distribution}, {error: code}, \
            {slice: {average_size, size_variation, delay}} or {throttle: KB/s}
            """
        )
    }
}
