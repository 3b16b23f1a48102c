/// Reads the `retry:` of a request.
enum RetryReader {
    private static let words = ["error", "timeout"]

    static func read(_ reader: NodeReader?) -> RetryRule? {
        guard let reader, let fields = reader.mapping("{ times: 3, backoff: 200ms, on: [error, 5xx] }") else {
            return nil
        }
        let times = fields.required("times")?.integer(1...100) ?? 1
        let backoff = fields.optional("backoff")?.distribution() ?? .constant(.zero)
        let factor = fields.optional("factor").map(factor) ?? 1
        var statuses: [ClosedRange<Int>] = []
        var failure: RetryRule.Failure?
        if let on = fields.optional("on") {
            let outcomes = on.text == nil ? on.sequence("a list: [error, timeout, 5xx, 503]") ?? [] : [on]
            if on.isSequence, outcomes.isEmpty { on.error("expected at least one of error, timeout and statuses") }
            for outcome in outcomes {
                switch outcome.text {
                case "error": failure = .any
                case "timeout": failure = failure ?? .timeout
                default: if let range = status(outcome) { statuses.append(range) }
                }
            }
        } else {
            statuses = [500...599]
            failure = .any
        }
        fields.finish()
        return RetryRule(
            times: times,
            backoff: backoff,
            factor: factor,
            statuses: StatusSet(statuses),
            failure: failure
        )
    }

    private static func factor(_ reader: NodeReader) -> Double {
        guard let text = reader.text, let factor = NodeReader.decimal(text), (1...10).contains(factor) else {
            reader.error("expected a number from 1 to 10, found \(reader.found)")
            return 1
        }
        return factor
    }

    private static func status(_ reader: NodeReader) -> ClosedRange<Int>? {
        if let text = reader.text, text.first?.isLetter ?? false {
            let suggestion = Spelling.suggestion(for: text, among: words)
            reader.error("expected error, timeout, or a status such as 503 or 5xx, found \(reader.found)\(suggestion)")
            return nil
        }
        return RequestReader.statusRange(reader)
    }
}
