import Scenario

/// A request step with everything worked out that is the same for all its requests.
final class RequestPlan: Sendable {
    let step: RequestStep
    let name: [UInt8]
    /// In ns.
    let timeout: UInt64
    /// Whether somebody may look into the reply: a capture, an expression of the flow, or the history.
    let keepsBody: Bool
    let isStream: Bool
    /// `METHOD `.
    let method: [UInt8]
    /// Header lines that are the same each time.
    let constantHeaders: [UInt8]
    let hasHost: Bool
    /// Whether a user's next request of this step has the same bytes as his last.
    let isConstant: Bool
    let variableHeaders: [VariableHeader]
    let sendsToken: Bool
    /// Whether it may be sent again.
    let isRetried: Bool
    /// Own tags whose values are rendered for each request.
    let variableTags: [TagTemplate]
    /// Whether the URL is a path of the gateway's; otherwise that is only known when it is rendered.
    let isRelative: Bool
    /// Path of an unmeasured request that takes the same way through the gateway; nil for absolute URLs.
    let warmingPath: [UInt8]?
    /// What is expected of each response, as indices of the step's expectations; empty for most steps.
    let responseChecks: [Int]
    /// What is expected of the time from a change to the arrival of a stream's update: the expectation's index, and the limit in µs.
    let delivery: (check: Int, limit: UInt64)?
    private let expected: [Bool]

    /// Plans a step; `flowReadsReplies` says whether any expression of the flow reads the last reply's body.
    init(_ step: RequestStep, isStream: Bool, flowReadsReplies: Bool) {
        self.step = step
        self.isStream = isStream
        name = Array(step.name.utf8)
        timeout = max(step.timeout.nanoseconds, 1_000_000)
        let prefix = Self.literalPrefix(of: step.url)
        let readsBody = step.captures.contains(where: \.readsBody) || step.expect.checks.contains(where: \.readsBody)
        keepsBody = !isStream && (flowReadsReplies || readsBody || ContractRoute.isRecorded(prefix))
        responseChecks = step.expect.checks.indices.filter { step.expect.checks[$0].isOfResponse }
        delivery =
            step.expect.checks.indices.lazy.compactMap { index -> (check: Int, limit: UInt64)? in
                guard case .delivery(let limit) = step.expect.checks[index].kind else { return nil }
                return (index, limit.nanoseconds / 1_000)
            }.first
        expected = (0..<1_000).map { step.expect.status.contains($0) }
        isRelative = prefix.first == UInt8(ascii: "/")
        sendsToken = !step.hasHeader("Authorization")
        var lines: [UInt8] = []
        var variable: [VariableHeader] = []
        for header in step.headers {
            guard let value = header.value.literal else {
                variable.append(VariableHeader(header))
                continue
            }
            Self.appendLine(header.name, Array(value.utf8), to: &lines)
        }
        if let body = step.body, !step.hasHeader("Content-Type") {
            Self.appendLine("Content-Type", Array(body.contentType.utf8), to: &lines)
        }
        if !step.hasHeader("Accept") {
            Self.appendLine("Accept", Array((isStream ? "text/event-stream" : "*/*").utf8), to: &lines)
        }
        constantHeaders = lines
        variableHeaders = variable
        method = Array("\(step.method.rawValue) ".utf8)
        hasHost = step.hasHeader("Host")
        isRetried = step.retry != nil
        variableTags = step.tags.filter { $0.value.literal == nil }
        isConstant =
            variable.isEmpty && variableTags.isEmpty && step.url.literal != nil
            && (step.body.map { $0.template.literal != nil } ?? true)
        warmingPath = prefix.starts(with: "http".utf8) ? nil : ContractRoute.healthPath(for: prefix)
    }

    func isExpected(_ status: Int32) -> Bool {
        status >= 0 && status < 1_000 && expected[Int(status)]
    }

    /// CR, LF and NUL would end the line early: they are dropped.
    static func appendLine(_ name: String, _ value: [UInt8], to lines: inout [UInt8]) {
        lines.append(contentsOf: name.utf8)
        lines.append(contentsOf: ": ".utf8)
        lines.append(contentsOf: value.lazy.filter { $0 != 0 && $0 != 0x0A && $0 != 0x0D })
        lines.append(contentsOf: "\r\n".utf8)
    }

    private static func literalPrefix(of template: Template) -> [UInt8] {
        guard case .bytes(let bytes) = template.pieces.first else { return [] }
        return bytes
    }
}
