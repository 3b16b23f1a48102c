import Foundation

/// Durations as a scenario writes them: `50ms`, `2s`, `1m30s`, `1.5h`.
package enum DurationLiteral {
    private static let nanoseconds: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]

    /// Nil when the text is no duration, or one of more than a year.
    package static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var rest = Array(text.unicodeScalars)[...]
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isDigit || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !$0.isDigit && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard number.first?.isDigit == true, number.last?.isDigit == true, let amount = Double(String(number)),
                let factor = nanoseconds[String(unit)]
            else { return nil }
            total += amount * factor
        }
        guard total.isFinite, total <= 366 * 24 * 3600e9 else { return nil }
        return .nanoseconds(Int64(total.rounded()))
    }
}

extension DurationDistribution {
    /// How distributions are written, for messages.
    static let grammar = "2s, 50ms..2s, exponential(1s), normal(1s, 200ms) or lognormal(1s, 200ms)"

    /// Reads one of ``grammar``; nil when it is none.
    init?(_ text: String) {
        let text = text.filter { !$0.isWhitespace }
        if let value = DurationLiteral.parse(text) {
            self = .constant(value)
        } else if let range = text.range(of: "..") {
            guard let low = DurationLiteral.parse(String(text[..<range.lowerBound])),
                let high = DurationLiteral.parse(String(text[range.upperBound...])), low <= high
            else { return nil }
            self = .uniform(low, high)
        } else {
            guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
            let texts = text[text.index(after: open)...].dropLast().split(
                separator: ",",
                omittingEmptySubsequences: false
            )
            let values = texts.compactMap { DurationLiteral.parse(String($0)) }
            guard values.count == texts.count else { return nil }
            switch (text[..<open], values.count) {
            case ("constant", 1): self = .constant(values[0])
            case ("exponential", 1): self = .exponential(mean: values[0])
            case ("normal", 2): self = .normal(mean: values[0], deviation: values[1])
            case ("lognormal", 2): self = .lognormal(mean: values[0], deviation: values[1])
            default: return nil
            }
        }
    }
}
