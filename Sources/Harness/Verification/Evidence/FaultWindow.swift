/// When a fault of the scenario was in force.
package struct FaultWindow: Codable, Sendable, Equatable {
    /// As people say it: `redis latency 50ms ± 20ms`.
    package var name: String
    /// In seconds after the start of the load.
    package var from: Double
    package var to: Double

    package init(name: String, from: Double, to: Double) {
        self.name = name
        self.from = from
        self.to = to
    }
}
