extension KeyValueModel {
    /// Reads a history of a map: get, put, append.
    ///
    /// - Throws: `HistoryFormatError` that names the line.
    package static func calls(_ text: String) throws(HistoryFormatError) -> [Call<Operation>] {
        var calls: [Call<Operation>] = []
        for operation in try JepsenHistory(text).operations where operation.outcome != .fail {
            let action: Operation.Action
            switch operation.function {
            case "get": action = .get
            case "put": action = .put
            case "append": action = .append
            default: throw HistoryFormatError(line: operation.line, "a map has no :\(operation.function)")
            }
            guard let key = operation.key else {
                throw HistoryFormatError(line: operation.line, "an operation without :key")
            }
            let isUnknown = operation.outcome == .unknown
            if isUnknown && action == .get { continue }
            let value = action == .get ? operation.answer ?? .none : operation.given
            calls.append(
                Call(
                    Operation(action, key: key.printed, value: value.content),
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
