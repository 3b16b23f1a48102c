extension MutexModel {
    /// Reads a history of a lock: acquire, release; a failed acquire saw that another had it.
    ///
    /// - Throws: `HistoryFormatError` that names the line.
    package static func calls(_ text: String) throws(HistoryFormatError) -> [Call<Operation>] {
        var calls: [Call<Operation>] = []
        for operation in try JepsenHistory(text).operations {
            let isFailed = operation.outcome == .fail
            if isFailed && (operation.isReasoned || operation.function == "release") { continue }
            let step: Operation
            switch operation.function {
            case "acquire": step = isFailed ? .busy : .acquire
            case "release": step = .release
            default: throw HistoryFormatError(line: operation.line, "a lock has no :\(operation.function)")
            }
            calls.append(Call(step, operation))
        }
        return calls
    }
}

extension FencedMutexModel {
    /// Reads a history of a lock with fencing tokens: acquire is answered with the token, release is given it.
    ///
    /// - Throws: `HistoryFormatError` that names the line.
    package static func calls(_ text: String) throws(HistoryFormatError) -> [Call<Operation>] {
        var calls: [Call<Operation>] = []
        for operation in try JepsenHistory(text).operations {
            let isFailed = operation.outcome == .fail
            if isFailed && (operation.isReasoned || operation.function == "release") { continue }
            let step: Operation
            switch operation.function {
            case "acquire" where isFailed: step = .busy
            case "acquire" where operation.outcome == .unknown: step = .acquireUnanswered
            case "acquire": step = .acquire(fence: try operation.fence(operation.answer ?? .none))
            case "release": step = .release(fence: try operation.fence(operation.given))
            default: throw HistoryFormatError(line: operation.line, "a lock has no :\(operation.function)")
            }
            calls.append(Call(step, operation))
        }
        return calls
    }
}

extension JepsenHistory.Operation {
    fileprivate func fence(_ value: EDN) throws(HistoryFormatError) -> Int64 {
        guard case .number(let text) = value, let fence = Int64(text) else {
            throw HistoryFormatError(line: line, "\(value.printed) is not a fencing token")
        }
        return fence
    }
}

extension Call {
    init(_ step: Operation, _ recorded: JepsenHistory.Operation) {
        self.init(
            step,
            invoke: recorded.invoke,
            return: recorded.return,
            isOptional: recorded.outcome == .unknown,
            source: recorded.line
        )
    }
}
