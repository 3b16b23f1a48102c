/// The type of a metric, as `# TYPE` names it.
enum PrometheusKind: String, Sendable {
    case counter, gauge, histogram
}

/// A handler that can write its samples.
protocol PrometheusSeries: AnyObject, Sendable {
    func render(_ name: String, _ labels: String, into text: inout PrometheusText)
}

/// All series of one name.
struct PrometheusFamily: Sendable {
    struct Series: Sendable {
        /// As rendered, without braces: also the series' identity.
        let labels: String
        let handler: any PrometheusSeries
    }
    let kind: PrometheusKind
    var series: [String: Series]
}
