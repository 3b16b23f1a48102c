/// A gauge that is asked for its values when it is rendered, rather than told of every change.
struct ObservedGauge: Sendable {
    let help: String
    /// By owner: one process may hold several clients of the same kind.
    var readers: [String: @Sendable () -> [GaugeSample]]

    func render(_ name: String, into text: inout PrometheusText) {
        text.family(name, .gauge, help: help)
        var values: [String: Double] = [:]
        for (_, read) in readers.sorted(by: { $0.key < $1.key }) {
            for sample in read() { values[PrometheusLabels(sample.labels).text] = sample.value }
        }
        for (labels, value) in values.sorted(by: { $0.key < $1.key }) { text.sample(name, labels, value) }
    }
}

/// One value of an observed gauge.
package struct GaugeSample: Sendable {
    /// Names and values of its labels.
    package let labels: [(String, String)]
    package let value: Double

    /// Makes a sample.
    package init(_ value: Double, labels: [(String, String)] = []) {
        self.labels = labels
        self.value = value
    }
}
