/// Reads the two halves of a threshold: `metric{tag:value}` and `aggregate op number[unit]`.
enum ThresholdParser {
    struct Subject {
        let metric: Metric
        let tags: [String: String]
        let source: String
    }
    struct Condition {
        let aggregate: Threshold.Aggregate
        let comparison: Threshold.Comparison
        let limit: Double
        let source: String
    }

    private static let phases = ["steady", "fault", "recovery"]

    // MARK: metric{tag:value}

    static func subject(
        _ text: String,
        requests: [String],
        loads: [String],
        own: OwnTags = OwnTags()
    ) throws(ExpressionError) -> Subject {
        let scalars = Array(text.unicodeScalars)
        let open = scalars.firstIndex(of: "{") ?? scalars.count
        let name = trimmed(scalars[..<open])
        guard let metric = Metric(rawValue: name) else {
            let suggestion = Spelling.suggestion(for: name, among: Metric.allCases.map(\.rawValue))
            let known = "; known: \(Metric.allCases.map(\.rawValue).joined(separator: ", "))"
            throw ExpressionError(
                offset: 0,
                message: "unknown metric `\(name)`\(suggestion.isEmpty ? known : suggestion)"
            )
        }
        var tags: [String: String] = [:]
        if open < scalars.count {
            guard let close = scalars.lastIndex(of: "}"), close > open, trimmed(scalars[(close + 1)...]).isEmpty else {
                throw ExpressionError(offset: open, message: "expected {tag:value}")
            }
            for part in scalars[(open + 1)..<close].split(separator: ",", omittingEmptySubsequences: false) {
                let (tag, value) = try tag(part, of: metric, own)
                try check(tag, value, at: part.startIndex, requests: requests, loads: loads, own)
                tags[tag] = value
            }
        }
        let list = tags.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
        return Subject(metric: metric, tags: tags, source: name + (tags.isEmpty ? "" : "{\(list)}"))
    }

    private static func tag(
        _ part: ArraySlice<Unicode.Scalar>,
        of metric: Metric,
        _ own: OwnTags
    ) throws(ExpressionError) -> (tag: String, value: String) {
        guard let colon = part.firstIndex(of: ":") else {
            throw ExpressionError(offset: part.startIndex, message: "expected tag:value, found `\(String(part))`")
        }
        let tag = trimmed(part[..<colon])
        let known = metric.tags + own.names(of: metric)
        guard known.contains(tag) else {
            let suggestion = Spelling.suggestion(for: tag, among: known)
            let list = known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))"
            throw ExpressionError(
                offset: part.startIndex,
                message: "\(metric.rawValue) has no tag `\(tag)`\(suggestion.isEmpty ? list : suggestion)"
            )
        }
        return (tag, trimmed(part[(colon + 1)...]))
    }

    private static func check(
        _ tag: String,
        _ value: String,
        at offset: Int,
        requests: [String],
        loads: [String],
        _ own: OwnTags
    ) throws(ExpressionError) {
        let known: [String]
        switch tag {
        case "request": known = requests
        case "load": known = loads
        case "phase": known = phases
        case "status":
            guard let status = Int(value), (0...599).contains(status) else {
                throw ExpressionError(offset: offset, message: "`\(value)` is no HTTP status")
            }
            return
        default:
            guard let values = own.values(of: tag) else { return }
            known = values
        }
        guard known.contains(value) else {
            let suggestion = Spelling.suggestion(for: value, among: known)
            let list = known.isEmpty ? "" : "; there is \(known.joined(separator: ", "))"
            throw ExpressionError(
                offset: offset,
                message: "there is no \(tag) `\(value)`\(suggestion.isEmpty ? list : suggestion)"
            )
        }
    }

    // MARK: aggregate op number[unit]

    static func condition(
        _ text: String,
        of metric: Metric,
        shorthand: Bool
    ) throws(ExpressionError) -> Condition {
        let scalars = Array(text.unicodeScalars)
        guard let start = scalars.firstIndex(where: { "<>=!".unicodeScalars.contains($0) }) else {
            throw ExpressionError(
                offset: 0,
                message: "expected \(shorthand ? "" : "an aggregate, ")a comparison and a number, as in"
                    + " \(example(metric, shorthand: shorthand))"
            )
        }
        let end = scalars[start...].firstIndex { !"<>=!".unicodeScalars.contains($0) } ?? scalars.count
        let symbol = String(scalars[start..<end])
        guard let comparison = Threshold.Comparison(rawValue: symbol == "===" ? "==" : symbol) else {
            throw ExpressionError(offset: start, message: "expected one of < <= > >= == !=, found `\(symbol)`")
        }
        let (aggregate, name) = try aggregate(scalars[..<start], of: metric, shorthand: shorthand)
        let rest = scalars[end...]
        let numberOffset = rest.firstIndex { !$0.properties.isWhitespace } ?? end
        let number = trimmed(rest)
        let limit = try limit(number, of: metric, aggregate, at: numberOffset)
        let source = [name, comparison.rawValue, number].filter { !$0.isEmpty }.joined(separator: " ")
        return Condition(aggregate: aggregate, comparison: comparison, limit: limit, source: source)
    }

    private static func example(_ metric: Metric, shorthand: Bool) -> String {
        if shorthand { return "\(metric.rawValue) == 0" }
        return switch metric.kind {
        case .trend: "p(95) < 300ms"
        case .rate: "rate < 0.5%"
        case .counter: "count > 0"
        case .gauge: "value == 0"
        }
    }

    private static func aggregate(
        _ scalars: ArraySlice<Unicode.Scalar>,
        of metric: Metric,
        shorthand: Bool
    ) throws(ExpressionError) -> (Threshold.Aggregate, name: String) {
        let offset = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.startIndex
        let name = trimmed(scalars)
        let known = metric.aggregates
        if shorthand {
            guard name.isEmpty, metric.kind == .gauge else {
                throw ExpressionError(
                    offset: offset,
                    message:
                        "\(metric.rawValue) needs an aggregate: `\(metric.rawValue): \(example(metric, shorthand: false))`"
                )
            }
            return (.value, "")
        }
        if name.hasPrefix("p("), name.hasSuffix(")"), known.contains("p(N)") {
            guard let percent = NodeReader.decimal(trimmed(Array(name.unicodeScalars)[2...].dropLast())),
                (0...100).contains(percent)
            else {
                throw ExpressionError(
                    offset: offset,
                    message: "a percentile is p(N) with N from 0 to 100, found \(name)"
                )
            }
            return (.percentile(percent), name)
        }
        let aggregates: [String: Threshold.Aggregate] = [
            "count": .count, "rate": .rate, "value": .value, "avg": .average, "min": .minimum, "max": .maximum,
            "med": .median,
        ]
        guard known.contains(name), let aggregate = aggregates[name] else {
            let suggestion = Spelling.suggestion(for: name, among: known)
            throw ExpressionError(
                offset: offset,
                message: (name.isEmpty ? "expected an aggregate" : "\(metric.rawValue) has no aggregate `\(name)`")
                    + (suggestion.isEmpty ? "; it has \(known.joined(separator: ", "))" : suggestion)
            )
        }
        return (aggregate, name)
    }

    /// Seconds of a trend (k6: a number without a unit is milliseconds), 0…1 of a rate, else the number.
    private static func limit(
        _ text: String,
        of metric: Metric,
        _ aggregate: Threshold.Aggregate,
        at offset: Int
    ) throws(ExpressionError) -> Double {
        switch (metric.kind, aggregate) {
        case (.trend, .count), (.counter, .count), (.gauge, _), (.rate, .count):
            if let number = NodeReader.decimal(text) { return number }
            throw ExpressionError(offset: offset, message: "expected a number, found `\(text)`")
        case (.trend, _):
            if let milliseconds = NodeReader.decimal(text), milliseconds >= 0 { return milliseconds / 1000 }
            if let duration = DurationLiteral.parse(text) { return duration.inSeconds }
            throw ExpressionError(offset: offset, message: "expected a duration such as 300ms, found `\(text)`")
        case (.counter, _):
            if let number = NodeReader.decimal(text.hasSuffix("/s") ? String(text.dropLast(2)) : text) { return number }
            throw ExpressionError(offset: offset, message: "expected a number a second such as 200/s, found `\(text)`")
        case (.rate, _):
            let percent = text.hasSuffix("%")
            guard let number = NodeReader.decimal(percent ? String(text.dropLast()) : text) else {
                throw ExpressionError(
                    offset: offset,
                    message: "expected a share such as 0.5% or 0.005, found `\(text)`"
                )
            }
            let share = percent ? number / 100 : number
            guard (0...1).contains(share) else {
                throw ExpressionError(
                    offset: offset,
                    message: "a rate is from 0% to 100%, found `\(text)`; write \(text)%?"
                )
            }
            return share
        }
    }

    private static func trimmed(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        let head = scalars.drop { $0.properties.isWhitespace }
        let end = head.lastIndex { !$0.properties.isWhitespace } ?? head.startIndex - 1
        return String(head[head.startIndex..<max(head.startIndex, end + 1)])
    }
}

extension Metric {
    /// The tags that its samples have.
    var tags: [String] {
        switch self {
        case .httpReqs, .httpReqDuration, .httpReqBlocked, .httpReqConnecting, .httpReqTLSHandshaking, .httpReqSending,
            .httpReqWaiting, .httpReqReceiving, .httpReqFailed, .httpReqResponseTime, .httpReqLateness:
            ["load", "request", "status", "group", "phase"]
        case .checks: ["load", "request", "group", "rendezvous", "phase", "check"]
        case .sseDeliveryTime: ["load", "request", "group", "phase"]
        case .redisReqs, .redisReqFailed, .redisReqResponseTime: ["load", "request", "group", "outcome", "phase"]
        case .groupDuration: ["load", "group", "phase"]
        case .iterations, .iterationDuration, .droppedIterations, .sagaTime: ["load", "phase"]
        case .stormReleaseSpread, .dataSent, .dataReceived: ["load"]
        case .vus, .vusMax, .oversell, .violations: []
        }
    }

    /// The aggregates that thresholds may use.
    var aggregates: [String] {
        switch kind {
        case .trend: ["avg", "min", "max", "med", "p(N)", "count"]
        case .rate: ["rate"]
        case .counter: ["count", "rate"]
        case .gauge: self == .vus || self == .vusMax ? ["value", "min", "max"] : ["value"]
        }
    }
}
