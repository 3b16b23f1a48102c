extension RegisterModel {
    /// Reads a history of one register, at first `nil`: read, write v, cas [from to].
    ///
    /// A failed compare-and-set saw another value; a failed read or write did not happen; `:info` may have happened, or may still.
    ///
    /// - Throws: `HistoryFormatError` that names the line.
    package static func calls(_ text: String) throws(HistoryFormatError) -> [Call<Operation>] {
        var numbers = ["nil": Int32(0)]
        func number(_ value: EDN) -> Int32 {
            if let known = numbers[value.printed] { return known }
            numbers[value.printed] = Int32(numbers.count)
            return Int32(numbers.count - 1)
        }
        var calls: [Call<Operation>] = []
        for operation in try JepsenHistory(text).operations {
            let isUnknown = operation.outcome == .unknown
            var step: Operation?
            switch operation.function {
            case "read":
                if operation.outcome == .ok { step = .read(number(operation.answer ?? .none)) }
            case "write":
                if operation.outcome != .fail { step = .write(number(operation.given)) }
            case "cas":
                guard case .vector(let pair) = operation.given, pair.count == 2 else {
                    throw HistoryFormatError(line: operation.line, "cas \(operation.given.printed) is not [from to]")
                }
                // A failure that gives a reason (`:timed-out`) instead of the pair has not seen the value.
                let (from, to) = (number(pair[0]), number(pair[1]))
                if operation.outcome != .fail {
                    step = .compareAndSet(from: from, to: to)
                } else if !operation.isReasoned {
                    step = .refusedCompareAndSet(from: from)
                }
            default: throw HistoryFormatError(line: operation.line, "a register has no :\(operation.function)")
            }
            guard let step else { continue }
            calls.append(
                Call(
                    step,
                    invoke: operation.invoke,
                    return: operation.return,
                    isOptional: isUnknown,
                    source: operation.line
                )
            )
        }
        return calls
    }
}

extension JepsenHistory.Operation {
    /// Its end gives a reason, not a value.
    var isReasoned: Bool {
        if case .keyword? = answer { true } else { false }
    }
}
