/// A tag of the scenario's own on a request: `tags: { section: "${section}" }`.
package struct TagTemplate: Sendable, Equatable {
    package let name: String
    /// Rendered for each request; a run keeps apart only so many different values (see the load engine's limit).
    package let value: Template
}

/// The tags that thresholds may name beside the engine's own.
struct OwnTags {
    /// Tags of the scenario: every measured metric has them.
    private var ofScenario: Set<String> = []
    /// Tags of loads and of the scenario: what is measured of one load has them.
    private(set) var ofLoads: Set<String> = []
    /// Tags that only requests have.
    private(set) var ofRequests: Set<String> = []
    /// Values by tag, as far as they are known before the run.
    private(set) var values: [String: Set<String>] = [:]
    /// Tags with a value that is an expression.
    private(set) var open: Set<String> = []
    private(set) var groups: [String] = []
    private(set) var rendezvous: [String] = []

    init() {}

    init(scenario: [String: String], loads: [[String: String]], flows: [Flow], rendezvous: [RendezvousSpec]) {
        self.rendezvous = rendezvous.map(\.name)
        ofScenario = Set(scenario.keys)
        for (name, value) in loads.flatMap({ $0.map { ($0.key, $0.value) } }) + scenario.map({ ($0.key, $0.value) }) {
            ofLoads.insert(name)
            values[name, default: []].insert(value)
        }
        for flow in flows {
            for tag in flow.tags {
                ofRequests.insert(tag.name)
                if let value = tag.value.literal {
                    values[tag.name, default: []].insert(value)
                } else {
                    open.insert(tag.name)
                }
            }
            groups += flow.groups.filter { !groups.contains($0) }
        }
    }

    /// The tags of the scenario's own that samples of this metric have.
    func names(of metric: Metric) -> [String] {
        // Users are counted together, whosever load they are.
        if metric == .vus || metric == .vusMax { return ofScenario.sorted() }
        guard metric.tags.contains("load") else { return [] }
        return (metric.tags.contains("request") ? ofLoads.union(ofRequests) : ofLoads).sorted()
    }

    /// The values that a tag can have; nil where only the run knows.
    func values(of tag: String) -> [String]? {
        switch tag {
        case "group": groups
        case "rendezvous": rendezvous
        case "outcome": RedisOutcome.allCases.map(\.rawValue)
        default: open.contains(tag) ? nil : values[tag]?.sorted()
        }
    }
}
