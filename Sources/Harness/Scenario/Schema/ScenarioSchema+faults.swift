// What breaks when: faults of links, processes, payment and the brokers; chaos.
extension ScenarioSchema {
    private static let share = JSONSchema.pattern("^[0-9.]+%?$", "a share: 20% or 0.2")
    private static let direction = JSONSchema.oneOf(LinkFaultSpec.Direction.allCases.map(\.rawValue))

    static let fault = JSONSchema.object(timing + links + processes)

    private static let timing: [JSONSchema.Key] = [
        .init("at", duration, "since the start of the load"), .init("for", duration, "how long"),
        .init("until", duration, "when it is over, or the repetition is"),
        .init("while", .text, "as long as this load runs"), .init("ramp", duration, "how long it takes to grow"),
        .init("every", duration, "comes again, so often"), .init("jitter", duration, "of `every`"),
        .init("from", .text, "the service whose link it is; left out: all"),
    ]

    private static let links: [JSONSchema.Key] = LinkFaultSpec.Target.allCases.map { target in
        .init(target.rawValue, subject(target), "the link to it")
    }

    private static let processes: [JSONSchema.Key] = ProcessFaultSpec.Action.allCases.map { action in
        .init(action.rawValue, .text, "a process: \(ProcessFaultSpec.suite.joined(separator: ", "))")
    }

    private static func subject(_ target: LinkFaultSpec.Target) -> JSONSchema {
        let link: [JSONSchema] = [.oneOf(["down"]), .object(linkKeys(target))]
        return switch target {
        case .payment: .either(link + [payment])
        case .kafka: .either(link + [broker])
        case .redis, .mysql: .either(link)
        }
    }

    private static func linkKeys(_ target: LinkFaultSpec.Target) -> [JSONSchema.Key] {
        let toxics = LinkFaultReader.toxics.map { JSONSchema.Key($0, toxic($0), "a toxic of the proxy") }
        let rest: [JSONSchema.Key] = [
            .init("jitter", duration, "of `latency`"), .init("direction", direction, "of a toxic"),
            .init("toxicity", share, "the share of connections that a toxic touches"),
            .init("partition", direction, "what no longer passes"),
            .init(
                "match",
                .object(RuleReader.matchKeys(of: target).map { .init($0, .scalar) }),
                "which messages a rule is for"
            ),
            .init("when", schedule, "which of them"),
            .init("where", .oneOf(RuleSpec.Place.allCases.map(\.rawValue)), "request or reply"),
            .init("act", act, "what a rule does to a message"),
        ]
        return toxics + rest
    }

    private static func toxic(_ name: String) -> JSONSchema {
        switch name {
        case "bandwidth": rate
        case "limit_data": .integer(0...1_000_000_000)
        case "slicer":
            .object([
                .init("average_size", .integer(1...1_000_000), required: true),
                .init("size_variation", .integer(0...1_000_000)), .init("delay", duration),
            ])
        default: duration
        }
    }

    private static let rate = JSONSchema.pattern("^[0-9]+( *KB/s)?$", "100KB/s")

    private static let schedule = JSONSchema.either([
        .oneOf(["always", "once"]), .object([.init("nth", .integer(1...1_000_000), required: true)]),
        .object([.init("every", .integer(1...1_000_000), required: true)]),
        .object([.init("times", .integer(1...1_000_000), required: true)]),
        .object([.init("probability", share, required: true)]),
    ])

    private static let act = JSONSchema.either([
        .oneOf(RuleReader.acts), .object([.init("delay", .reference("distribution"), required: true)]),
        .object([.init("error", .scalar, required: true)]), .object([.init("throttle", rate, required: true)]),
    ])

    private static let payment = JSONSchema.object([
        .init("delay", .reference("distribution")), .init("fail", share), .init("error", share), .init("hang", share),
        .init("dropReply", share),
    ])

    private static let broker = JSONSchema.object([
        .init("slow", duration), .init("down", brokers), .init("brokers", brokers),
    ])

    private static let brokers = JSONSchema.either([.integer(1...16), .list(.integer(1...16), atLeast: 0)])

    static let chaos = JSONSchema.object([
        .init("seed", .integer(0...Int.max)),
        .init("intensity", .oneOf(ChaosSpec.Intensity.allCases.map(\.rawValue))),
        .init("palette", .list(.oneOf(ChaosTable.groups), atLeast: 0), "what may break; left out: everything"),
    ])

    static let steadyState = JSONSchema.object([.init("within", duration), .init("every", duration)])
}
