// Steps, requests, what they expect and capture.
extension ScenarioSchema {
    static let step = JSONSchema.either([
        .object([.init("think", .reference("distribution"), "a pause", required: true)]),
        .object([
            .init(
                "stop",
                .either([.null, .object([.init("if", expression), .init("unless", expression)])]),
                "ends the iteration",
                required: true
            )
        ]),
        .object([.init("set", .reference("assignments"), "sets variables", required: true)]),
        .object([
            .init("if", expression, required: true), .init("then", .reference("steps"), required: true),
            .init("else", .reference("steps")),
        ]),
        .object([
            .init(
                "repeat",
                .object([
                    .init("times", expression, required: true),
                    .init("as", .text, "a variable that holds which time it is, from 0"),
                    .init("steps", .reference("steps"), required: true),
                ]),
                required: true
            )
        ]),
        .object([
            .init(
                "group",
                .object([.init("name", .scalar, required: true), .init("steps", .reference("steps"), required: true)]),
                "measured together, k6's group",
                required: true
            )
        ]),
        .object([.init("parallel", parallel, "requests that are under way at the same time", required: true)]),
        .object([
            .init(
                "rendezvous",
                .object([
                    .init("name", .text, required: true),
                    .init("users", .integer(2...LoadReader.maximumUsers), required: true),
                    .init("within", duration, required: true),
                ]),
                "users wait here for each other",
                required: true
            )
        ]),
        .named(.reference("request"), butNot: StepsReader.words),
    ])

    private static let batch = JSONSchema.list(.named(.reference("request"), butNot: StepsReader.words), atLeast: 1)

    private static let parallel = JSONSchema.either([
        batch,
        .object([
            .init("limit", .integer(1...20), "at one time; 6 when left out"), .init("requests", batch, required: true),
        ]),
    ])

    private static let retry = JSONSchema.object([
        .init("times", .integer(1...100), "attempts after the first", required: true),
        .init("backoff", .reference("distribution"), "the pause before the second attempt"),
        .init("factor", .pattern("^[0-9.]+$", "from 1 to 10"), "by how much each further pause is longer"),
        .init("on", .either([outcome, .list(outcome, atLeast: 1)]), "error and 5xx when left out"),
    ])

    private static let outcome = JSONSchema.either([.oneOf(["error", "timeout"]), status])

    private static let command = JSONSchema.object([
        .init("redis", .list(.scalar, atLeast: 1), "a command and its arguments, for the run's Redis", required: true),
        .init("timeout", duration, "5s when left out"),
        .init(
            "capture",
            .map(.pattern("^\\$", "a path into the reply: $ or $[0]")),
            "values of the reply for variables"
        ),
        .init("tags", tags, "of its samples"),
    ])

    static let request = JSONSchema.either([
        .object(methods + common + ofRequests), .object(ofStreams + common), command,
    ])

    private static let methods: [JSONSchema.Key] = RequestReader.methods.filter { $0 != "stream" }
        .map { JSONSchema.Key($0, .text, "where to: a path, or a URL") }

    private static let ofRequests: [JSONSchema.Key] = [
        .init("json", .anything, "the body; \"${x}\" alone keeps its type"),
        .init("body", .scalar, "the body as a text"), .init("form", .map(.scalar), "the body as a form"),
        .init("capture", .reference("captures"), "values of the response for variables"),
        .init("retry", retry, "sends the same bytes again"),
        .init("until", expression, "repeats the request until this is true"),
        .init("every", duration, "of a poll"), .init("within", duration, "of a poll"),
    ]

    private static let ofStreams: [JSONSchema.Key] = [
        .init("stream", .text, "a stream of server-sent events", required: true),
        .init("for", duration, "how long it is held", required: true),
    ]

    private static let common: [JSONSchema.Key] = [
        .init("query", .map(.scalar)), .init("headers", .map(.scalar)),
        .init("timeout", duration, "60s when left out"), .init("tags", tags, "of its samples"),
        .init("expect", .reference("expectation"), "what a response must be; each is a sample of `checks`"),
    ]

    static let expectation = JSONSchema.object([
        .init("status", .either([status, .list(status, atLeast: 1)]), "200..399 when left out"),
        .init("headers", .map(.scalar), "values, in which * stands for anything"),
        .init("json", .map(.either([.scalar, .null])), "by JSON path: a value, or a condition such as \"> 3\""),
        .init("body", .either([.scalar, .list(.scalar, atLeast: 1)]), "texts that the body has in it"),
        .init("latency", duration, "from the moment the request was due to its last byte"),
        .init("events", .integer(0...1_000_000_000), "of a stream: how many come at least"),
        .init("delivery", duration, "of a stream: from each change to its arrival"),
    ])

    private static let status = JSONSchema.pattern(
        "^([1-5][0-9][0-9]|[1-5]xx|[1-5][0-9][0-9]\\.\\.[1-5][0-9][0-9])$",
        "201, 2xx or 200..299"
    )

    static let capture = JSONSchema.either([
        .pattern("^\\$", "a JSON path: $.holdToken"),
        .object([.init("json", .text, required: true)]),
        .object([.init("header", .text, required: true)]),
        .object([.init("cookie", .text, required: true)]),
        .object([.init("regex", .text, "its group is the value", required: true), .init("header", .text)]),
    ])
}
