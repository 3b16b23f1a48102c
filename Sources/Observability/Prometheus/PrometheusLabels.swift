/// Labels in their rendered form: sorted, escaped, without braces.
///
/// Where a name repeats, the last one counts.
struct PrometheusLabels {
    let text: String

    init(_ dimensions: [(String, String)]) {
        var last: [String: String] = [:]
        for (name, value) in dimensions { last[PrometheusName.label(name)] = value }
        self.text = last.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\(Self.escape($0.value, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// Backslash and newline, and in a label's value the quote.
    static func escape(_ text: String, quotes: Bool) -> String {
        let special = text.utf8.contains { byte in
            byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n") || (quotes && byte == UInt8(ascii: "\""))
        }
        guard special else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
