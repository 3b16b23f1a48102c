import Scenario

/// The body of `POST /chaos/v1/proxies/{p}/rules`.
enum RuleRequest {
    static func body(_ rule: RuleSpec, name: String, seed: Int64, leaseSeconds: Double) -> [String: JSONValue] {
        [
            "name": .string(name),
            "match": .object(
                Dictionary(
                    uniqueKeysWithValues: rule.match.map { key, pattern in
                        (key, key == "connection" ? .integer(Int64(pattern) ?? 0) : .string(pattern))
                    }
                )
            ),
            "when": schedule(rule.when),
            "where": .string(rule.place.rawValue),
            "act": act(rule.act),
            "seed": .integer(seed),
            "leaseSeconds": .number(leaseSeconds),
        ]
    }

    private static func schedule(_ schedule: RuleSpec.Schedule) -> JSONValue {
        switch schedule {
        case .always: .string("always")
        case .once: .string("once")
        case .nth(let count): .object(["nth": .integer(Int64(count))])
        case .every(let count): .object(["every": .integer(Int64(count))])
        case .times(let count): .object(["times": .integer(Int64(count))])
        case .probability(let share): .object(["probability": .number(share)])
        }
    }

    private static func act(_ act: RuleSpec.Act) -> JSONValue {
        switch act {
        case .delay(let delay): .object(["delay": self.delay(delay)])
        case .error(let code): .object(["error": Int64(code).map { .integer($0) } ?? .string(code)])
        case .throttle(let rate): .object(["throttle": .integer(Int64(rate))])
        case .drop: .string("drop")
        case .reset: .string("reset")
        case .blackhole: .string("blackhole")
        case .corrupt: .string("corrupt")
        case .duplicate: .string("duplicate")
        }
    }

    private static func delay(_ delay: DurationDistribution) -> JSONValue {
        func fields(_ name: String, _ values: [(String, Duration)]) -> JSONValue {
            var object: [String: JSONValue] = ["distribution": .string(name)]
            for (key, value) in values { object[key] = .number(value.seconds * 1e3) }
            return .object(object)
        }
        return switch delay {
        // The reader lets no exponential one through.
        case .constant(let value), .exponential(let value): fields("constant", [("valueMs", value)])
        case .uniform(let least, let most): fields("uniform", [("minMs", least), ("maxMs", most)])
        case .normal(let mean, let deviation): fields("normal", [("meanMs", mean), ("deviationMs", deviation)])
        case .lognormal(let mean, let deviation): fields("lognormal", [("meanMs", mean), ("deviationMs", deviation)])
        }
    }
}
