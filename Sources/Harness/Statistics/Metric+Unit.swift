import Scenario

extension Metric {
    /// The unit of an aggregated value, as JSON and reports write it; empty for shares and plain numbers.
    package var unit: String {
        switch self {
        case .dataSent, .dataReceived: "B"
        default: kind == .trend ? "s" : ""
        }
    }
}
