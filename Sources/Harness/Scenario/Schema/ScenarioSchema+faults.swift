// What breaks when.
extension ScenarioSchema {
    static let fault = JSONSchema.object([
        .init("at", duration, "since the start of the load", required: true),
        .init("for", duration, "how long", required: true),
        .init("payment", payment, "what the payment service does"),
        .init("redis", redis, "what the network before Redis does"),
    ])

    private static let payment = JSONSchema.object([
        .init("delay", .reference("distribution")),
        .init("fail", .pattern("^[0-9.]+%?$", "a share: 20% or 0.2")),
    ])

    private static let redis = JSONSchema.object([
        .init("latency", duration, required: true), .init("jitter", duration),
    ])
}
