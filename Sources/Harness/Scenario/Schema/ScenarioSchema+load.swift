// Loads, one form an executor, and faults.
extension ScenarioSchema {
    private static let users = JSONSchema.integer(1...LoadReader.maximumUsers)
    private static let rate = JSONSchema.pattern("^[0-9_]+(/[0-9.a-zµ]+)?$", "iterations in a timeUnit, or 200/s, 90/m")

    static let load = JSONSchema.either([
        executor(
            ["storm"],
            [
                .init("users", users, required: true), .init("waves", .integer(1...10_000), required: true),
                .init("every", duration, required: true),
            ]
        ),
        executor(["constant-vus"], [.init("vus", users), .init("duration", duration)]),
        executor(
            ["ramping-vus"],
            [
                .init("startVUs", .integer(0...LoadReader.maximumUsers)), .init("stages", stages, required: true),
                .init("gracefulRampDown", duration),
            ]
        ),
        executor(
            ["per-vu-iterations", "shared-iterations"],
            [
                .init("vus", users), .init("iterations", .integer(1...1_000_000_000)), .init("maxDuration", duration),
            ]
        ),
        executor(
            ["constant-arrival-rate", "poisson-arrival-rate"],
            arrivals([.init("rate", rate, required: true), .init("duration", duration, required: true)])
        ),
        executor(
            ["ramping-arrival-rate"],
            arrivals([.init("startRate", .integer(0...1_000_000)), .init("stages", stages, required: true)])
        ),
    ])

    private static func executor(_ names: [String], _ own: [JSONSchema.Key]) -> JSONSchema {
        let common: [JSONSchema.Key] = [
            .init("executor", .oneOf(names), required: true),
            .init("flow", .text, "the name of a flow", required: true),
            .init("startTime", duration, "after the run's start, or the end of `after`"),
            .init("after", .text, "starts when this load ends"),
            .init("set", .reference("assignments"), "variables at the start of each iteration"),
            .init("tags", tags, "of all its samples"),
            .init("gracefulStop", duration, "30s when left out"),
        ]
        return .object(common + own)
    }

    private static func arrivals(_ own: [JSONSchema.Key]) -> [JSONSchema.Key] {
        let common: [JSONSchema.Key] = [
            .init("timeUnit", duration), .init("preAllocatedVUs", .integer(0...LoadReader.maximumUsers)),
            .init("maxVUs", users),
        ]
        return own + common
    }

    private static let stages = JSONSchema.list(
        .object([
            .init("duration", duration, required: true), .init("target", .integer(0...1_000_000), required: true),
        ]),
        atLeast: 1
    )
}
