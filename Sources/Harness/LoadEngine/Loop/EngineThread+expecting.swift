import Scenario
import Statistics

// What a step expects of its replies.
extension EngineThread {
    /// Whether the reply to the user's request is what its step expects; why not, is counted.
    func isAsExpected(_ user: Int, _ plan: RequestPlan, _ exchange: UnsafeMutablePointer<Exchange>) -> Bool {
        var isGood = true
        if let error = exchange.pointee.error {
            isGood = false
            note(.error(error), user, plan, exchange) { "no complete reply: \(error.name)" }
        } else if !plan.isExpected(exchange.pointee.status) {
            isGood = false
            note(.status(exchange.pointee.status), user, plan, exchange) { Self.describeStatus(exchange) }
        }
        for index in plan.responseChecks where !holds(index, user, plan, exchange) { isGood = false }
        return isGood
    }

    /// Whether this expectation is met; a sample of `checks`.
    private func holds(
        _ index: Int,
        _ user: Int,
        _ plan: RequestPlan,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> Bool {
        let check = plan.step.expect.checks[index]
        let hasReply = exchange.pointee.error == nil
        let isGood = hasReply && holds(check, user, plan, exchange)
        recordCheck(isGood, user, plan, index)
        // Why there was no reply, or another status, has been noted.
        if !isGood, hasReply, check.kind != .status {
            let time = responseTime(users[user], exchange)
            note(.check(index), user, plan, exchange) { Self.describe(check, exchange, time) }
        }
        return isGood
    }

    private func holds(
        _ check: ResponseCheck,
        _ user: Int,
        _ plan: RequestPlan,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> Bool {
        let pointer = users[user]
        var context = UserContext(pointer, exchange, shared)
        switch check.kind {
        case .status: return plan.isExpected(exchange.pointee.status)
        case .header(let name, let glob):
            let head = exchange.pointee.replyHead.bytes
            return ReplyHead.value(of: name, in: head, where: { glob.matches($0, &context) }) != nil
        case .json(_, let condition): return condition.evaluate(&context).isTrue
        case .body(let text):
            return exchange.pointee.replyBody.bytes.firstOffset(of: text.bytes(&context)) != nil
        case .latency(let limit): return responseTime(pointer, exchange) <= limit.nanoseconds
        case .events, .delivery: return true
        }
    }

    /// From the moment the request was due, in ns.
    private func responseTime(
        _ user: UnsafeMutablePointer<VirtualUser>,
        _ exchange: UnsafeMutablePointer<Exchange>
    ) -> UInt64 {
        let end = exchange.pointee.answeredAt
        return end > user.pointee.due ? end - user.pointee.due : 0
    }

    // MARK: Counting

    /// A sample of `checks` under the expectation's name.
    func recordCheck(_ isGood: Bool, _ user: Int, _ plan: RequestPlan, _ index: Int) {
        let pointer = users[user]
        let key = RequestSeriesKey(
            kind: UInt64(pointer.pointee.load) << 48 | UInt64(plan.step.index) << 28 | UInt64(index) << 8
                | UInt64(pointer.pointee.phase.rawValue),
            tagSet: pointer.pointee.tagSet
        )
        if let known = checkSeries[key] {
            table.record(known, isGood)
            return
        }
        let name = ["check": plan.step.expect.checks[index].name]
        let made = table.rate(.checks, Tags(tags(pointer, plan).values.merging(name) { $1 }))
        checkSeries[key] = made
        table.record(made, isGood)
    }

    /// Counts a way in which a request failed; `example` is made for the first of its kind only.
    func note(
        _ reason: FailureReason,
        _ user: Int,
        _ plan: RequestPlan,
        _ exchange: UnsafeMutablePointer<Exchange>,
        example: () -> String
    ) {
        let key = FailureKey(step: plan.step.index, reason: reason)
        if failures.count(key) { return }
        // A stream that is still open has not ended.
        let endedAt = exchange.pointee.endedAt
        failures.add(
            key,
            RequestFailure(
                request: plan.step.name,
                reason: reason.name(plan),
                user: String(decoding: users[user].pointee.name, as: UTF8.self),
                atNs: endedAt > 0 ? endedAt : monotonicNow(),
                example: example()
            )
        )
    }

    // MARK: Examples

    private static func describeStatus(_ exchange: UnsafeMutablePointer<Exchange>) -> String {
        let body = excerpt(exchange.pointee.replyBody.bytes)
        return "status \(exchange.pointee.status)" + (body.isEmpty ? "" : ": \(body)")
    }

    private static func describe(
        _ check: ResponseCheck,
        _ exchange: UnsafeMutablePointer<Exchange>,
        _ responseTime: UInt64
    ) -> String {
        let body = exchange.pointee.replyBody.bytes
        switch check.kind {
        case .header(let name, _):
            let value = ReplyHead.value(of: name, in: exchange.pointee.replyHead.bytes)
            return value.map { "\(name) is \(excerpt($0))" } ?? "there is no \(name)"
        case .json(let path, let condition):
            let value = excerpt(path.value(in: UnsafeRawBufferPointer(body)).json)
            return "not \(condition.source): it is \(value)"
        case .body: return "not in \(body.count) bytes: \(excerpt(body))"
        case .latency(let limit): return "\(responseTime / 1_000_000) ms, and \(limit) was expected"
        case .status, .events, .delivery: return ""
        }
    }

    /// The beginning, on one line.
    private static func excerpt(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        excerpt(String(decoding: bytes.prefix(200), as: UTF8.self))
    }

    private static func excerpt(_ text: String) -> String {
        let line = text.prefix(120).map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return String(line) + (text.count > 120 ? "…" : "")
    }
}
