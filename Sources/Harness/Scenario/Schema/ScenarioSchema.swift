/// The scenario language as a JSON Schema (draft 2020-12), so that editors complete and check a file while it is written.
///
/// It says which keys there are, which must be given, and what their values look like. What depends on other parts of the file
/// (names of flows, variables, expressions) only the reader knows: `seatstorm check FILE` has the last word.
package enum ScenarioSchema {
    /// The schema's text.
    package static var text: String {
        let whole = scenario.document
        guard case .object(let members) = whole else { return "" }
        let head: [(key: String, value: JSONDocument)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("Seatstorm scenario")),
        ]
        let definitions = JSONDocument.object(definitions.map { ($0.name, $0.schema.document) })
        return JSONDocument.object(head + members + [("$defs", definitions)]).rendered() + "\n"
    }

    /// What is used in more than one place, or within itself.
    static let definitions: [(name: String, schema: JSONSchema)] = [
        ("duration", .pattern("^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|μs|ms|s|m|h))+)$", "a duration: 50ms, 2s, 1m30s")),
        (
            "distribution",
            .pattern(
                "^(0|[0-9]|exponential|normal|lognormal)",
                "a duration: 2s, 50ms..2s, exponential(1s), normal(1s, 200ms) or lognormal(1s, 200ms)"
            )
        ),
        ("expression", .scalar), ("steps", .list(.reference("step"), atLeast: 1)), ("step", step),
        ("request", request), ("expectation", expectation), ("captures", .map(capture)),
        ("assignments", .map(.reference("expression"))), ("load", load), ("threshold", threshold), ("fault", fault),
    ]

    static let duration = JSONSchema.reference("duration")
    static let expression = JSONSchema.reference("expression")

    static let scenario = JSONSchema.object([
        .init("name", .scalar, "names the run in its report", required: true),
        .init("description", .text, "what the scenario is about"),
        .init("seed", .integer(0...Int.max), "of all chance in the run; left out: one is drawn, and reported"),
        .init("environment", environment, "left out: the embedded suite"),
        .init("transport", .oneOf(["auto", "curl", "native"]), "what carries the requests"),
        .init("events", .map(event), "made fresh for the run"),
        .init("data", .map(feeder), "rows that iterations read, as ${fans.name}"),
        .init("tags", tags, "of every sample"),
        .init("flows", .map(.reference("steps")), "what a virtual user does", required: true),
        .init("load", .map(.reference("load")), "who runs a flow, and how fast", required: true),
        .init("faults", .list(.reference("fault"), atLeast: 0), "what breaks when"),
        .init("chaos", chaos, "faults drawn by chance"),
        .init("steady-state", steadyState, "what counts as recovered"),
        .init("slo", .list(.reference("threshold"), atLeast: 0), "what must hold, in k6's grammar"),
    ])

    private static let environment = JSONSchema.object([
        .init("gateway", .text, "http://… or https://…; ${NAME} comes from the process' environment", required: true),
        .init("redis", .text, "redis://host:6379"), .init("mysql", .text, "mysql://user:password@host:3306/database"),
        .init("kafka", .text, "host:9092"),
        .init(
            "auth",
            .either([.oneOf(["off"]), .boolean, .object([.init("secretFile", .text, required: true)])]),
            "off, or the file with the secret that tokens are signed with"
        ),
        .init("proxy", .text, "the fault proxy's URL: http://host:8474"),
        .init(
            "commands",
            .object(["kill", "restart", "freeze", "resume"].map { .init($0, .text) }),
            "shell commands with ${process} in them"
        ),
    ])

    private static let event = JSONSchema.object([
        .init("rows", .integer(1...200), required: true), .init("cols", .integer(1...200), required: true),
        .init("price", .integer(0...1_000_000_000), required: true),
        .init("copies", .integer(1...1000), "one a wave, say"),
    ])

    static let tags = JSONSchema.map(.scalar)

    private static let feeder = JSONSchema.object([
        .init("file", .text, ".csv with a header line, .jsonl or .ndjson; relative to the scenario's folder"),
        .init("list", .list(.map(.scalar), atLeast: 1), "rows, where there is no file"),
        .init("pick", .oneOf(DataFeeder.Pick.allCases.map(\.rawValue)), "sequential when left out"),
    ])

    private static let threshold = JSONSchema.either([
        .text, .named(.scalar, butNot: ["that"]),
        .object([
            .init("that", .text, "the threshold", required: true),
            .init("over", duration, "judged over a sliding window of this length"),
            .init("abort", .boolean, "a breach ends the run at once"),
            .init("delayAbortEval", duration, "a breach before that does not end the run"),
        ]),
    ])
}
