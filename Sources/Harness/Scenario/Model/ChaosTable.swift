/// The faults that chance draws from: all of them, with their weights, in one table.
struct ChaosTable {
    struct Row {
        let group: String
        let weight: Int
        /// The parts that do not work as they should meanwhile.
        let breaks: Set<String>
        /// The parts that must work, or the fault would touch nothing.
        let uses: Set<String>
        /// The fault as an entry of `faults:` has it, without its times.
        let entry: @Sendable (inout SplitMix64) -> String
    }

    /// The groups, for `palette:`.
    static let groups = rows.reduce(into: [String]()) { groups, row in
        if !groups.contains(row.group) { groups.append(row.group) }
    }

    /// What must work for an order to be made and paid.
    private static let purchase: Set = ["order", "reservation", "redis", "mysql", "kafka"]

    static let rows: [Row] = [
        Row("payment", 4, breaks: ["payment"], uses: purchase) { random in
            "payment: { delay: \(milliseconds(100...800, &random)), fail: \(Int.random(in: 0...30, using: &random))% }"
        },
        Row("payment", 2, breaks: ["payment"], uses: purchase) { random in
            "payment: { dropReply: \(Int.random(in: 10...40, using: &random))% }"
        },
        Row("payment", 2, breaks: ["payment"], uses: purchase) { _ in "payment: { reset_peer: 0 }" },
        Row("redis", 4, breaks: ["redis"], uses: ["reservation"]) { random in
            "redis: { latency: \(milliseconds(10...150, &random)) }"
        },
        Row("redis", 2, breaks: ["redis"], uses: ["reservation"]) { random in
            "from: reservation, redis: { match: { command: EVALSHA }, "
                + "when: { probability: \(Int.random(in: 10...30, using: &random))% }, where: reply, act: reset }"
        },
        Row("redis", 2, breaks: ["redis"], uses: ["reservation"]) { _ in
            "from: reservation, redis: { partition: downstream }"
        },
        Row("mysql", 3, breaks: ["mysql"], uses: ["order"]) { random in
            "from: order, mysql: { latency: \(milliseconds(10...100, &random)) }"
        },
        Row("mysql", 2, breaks: ["mysql"], uses: ["order", "reservation", "redis"]) { random in
            "from: order, mysql: { match: { statement: COMMIT }, "
                + "when: { probability: \(Int.random(in: 10...30, using: &random))% }, where: reply, act: reset }"
        },
        Row("kafka", 2, breaks: ["kafka"], uses: []) { _ in "kafka: down" },
        Row("kafka", 2, breaks: ["kafka"], uses: []) { random in
            "kafka: { slow: \(milliseconds(50...400, &random)) }"
        },
        Row("processes", 2, breaks: ["kafka"], uses: []) { _ in "freeze: kafka" },
        Row("processes", 2, breaks: ["redis"], uses: []) { _ in "kill: redis" },
        Row("processes", 2, breaks: ["redis"], uses: []) { _ in "freeze: redis" },
        Row("processes", 1, breaks: ["mysql"], uses: []) { _ in "kill: mysql" },
        Row("processes", 1, breaks: ["mysql"], uses: []) { _ in "freeze: mysql" },
        Row("processes", 2, breaks: ["order"], uses: []) { _ in "kill: order" },
        Row("processes", 2, breaks: ["order"], uses: []) { _ in "freeze: order" },
        Row("processes", 2, breaks: ["reservation"], uses: []) { _ in "kill: reservation" },
        Row("processes", 2, breaks: ["reservation"], uses: []) { _ in "freeze: reservation" },
        Row("processes", 1, breaks: ["catalog"], uses: []) { _ in "kill: catalog" },
        Row("processes", 2, breaks: ["payment"], uses: []) { _ in "kill: payment" },
    ]

    private static func milliseconds(_ range: ClosedRange<Int>, _ random: inout SplitMix64) -> String {
        "\(Int.random(in: range, using: &random))ms"
    }
}

extension ChaosTable.Row {
    fileprivate init(
        _ group: String,
        _ weight: Int,
        breaks: Set<String>,
        uses: Set<String>,
        entry: @escaping @Sendable (inout SplitMix64) -> String
    ) {
        self.init(group: group, weight: weight, breaks: breaks, uses: uses, entry: entry)
    }
}
