/// Builds the exposition text.
struct PrometheusText {
    private(set) var text = ""

    mutating func family(_ name: String, _ kind: PrometheusKind, help: String?) {
        if let help { self.text += "# HELP \(name) \(PrometheusLabels.escape(help, quotes: false))\n" }
        self.text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        self.line(name, labels, Self.number(value))
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Int64) {
        self.line(name, labels, "\(value)")
    }

    /// As Go's `ParseFloat` reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        self.text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }
}
