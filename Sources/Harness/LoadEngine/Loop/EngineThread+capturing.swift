import Scenario

// Captures: values taken out of replies into the user's slots.
extension EngineThread {
    /// Takes what the step captures.
    ///
    /// - Returns: whether all of it was there; only a success (2xx) need have it, and no reply to a poll, which may be for later ones.
    func capture(_ user: Int, _ plan: RequestPlan, _ exchange: UnsafeMutablePointer<Exchange>) -> Bool {
        let pointer = users[user]
        let hasReply = exchange.pointee.error == nil
        var isNeeded = hasReply && (200...299).contains(exchange.pointee.status)
        if case .poll = program(of: user).operations[pointer.pointee.place] { isNeeded = false }
        var isWhole = true
        for (index, capture) in plan.step.captures.enumerated() {
            let value = hasReply ? Self.value(of: capture.source, exchange) : .none
            pointer.pointee.slots[capture.slot] = value
            guard value == .none, isNeeded else { continue }
            isWhole = false
            note(.capture(index), user, plan, exchange) {
                "nothing there for `\(capture.name)`: \(capture.source.described)"
            }
        }
        return isWhole
    }

    private static func value(of source: Capture.Source, _ exchange: UnsafeMutablePointer<Exchange>) -> Value {
        let head = exchange.pointee.replyHead.bytes
        let body = exchange.pointee.replyBody.bytes
        switch source {
        case .json(let path): return path.value(in: UnsafeRawBufferPointer(body))
        case .header(let name): return ReplyHead.value(of: name, in: head).map(text) ?? .none
        case .cookie(let name): return ReplyHead.cookie(name, in: head).map(text) ?? .none
        case .regex(let pattern, header: nil): return pattern.firstMatch(in: body)
        case .regex(let pattern, header: let name?):
            return ReplyHead.value(of: name, in: head).map(pattern.firstMatch) ?? .none
        }
    }

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        .text(String(decoding: bytes, as: UTF8.self))
    }
}

extension Capture.Source {
    fileprivate var described: String {
        switch self {
        case .json(let path): "no value at \(path)"
        case .header(let name): "no header \(name)"
        case .cookie(let name): "no cookie \(name) was set"
        case .regex(let pattern, let header): "/\(pattern.source)/ matches nothing in the \(header ?? "body")"
        }
    }
}
