/// Operations of a history that Jepsen recorded, as invocations joined with their completions.
///
/// Two ways to write an event are read: a line of Jepsen's log (`INFO jepsen.util - 3 :invoke :write 4`, with or without what stands before
/// the process) and one map a line (`{:process 3, :type :invoke, :f :write, :value 4}`). Time is the place in the file.
struct JepsenHistory {
    /// What is known of an operation's end.
    enum Outcome: Equatable { case ok, fail, unknown }

    struct Operation {
        var function: String
        var key: EDN?
        /// The value that was given to it.
        var given: EDN
        /// The value that came back, if one did.
        var answer: EDN?
        var outcome: Outcome
        var invoke: Int64
        var `return`: Int64
        var line: Int
    }

    private(set) var operations: [Operation] = []
    /// The operation that each process has under way.
    private var pending: [EDN.ID: Int] = [:]

    private struct Event {
        var process: EDN
        var type: String
        var function: String
        var key: EDN?
        var value: EDN
    }

    /// Reads all lines.
    ///
    /// - Throws: `HistoryFormatError` that names the line, where one is not an event.
    init(_ text: String) throws(HistoryFormatError) {
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            if let event = try Self.event(line, number) { try take(event, number) }
        }
    }

    private mutating func take(_ event: Event, _ line: Int) throws(HistoryFormatError) {
        let process = event.process.printed
        switch event.type {
        case "invoke":
            // A process that begins anew without an end leaves an operation of which nothing more is known.
            pending[process] = operations.count
            operations.append(
                Operation(
                    function: event.function,
                    key: event.key,
                    given: event.value,
                    outcome: .unknown,
                    invoke: Int64(line),
                    return: .max,
                    line: line
                )
            )
        case "ok", "fail", "info":
            guard let place = pending[process] else {
                // Jepsen's own remarks have an end without a beginning.
                if event.type == "info" { return }
                throw HistoryFormatError(line: line, "process \(process) ends an operation that it never began")
            }
            guard operations[place].function == event.function else {
                throw HistoryFormatError(
                    line: line,
                    "process \(process) ends \(event.function), but began \(operations[place].function)"
                )
            }
            pending[process] = nil
            operations[place].answer = event.value
            if event.type == "info" { return }
            operations[place].outcome = event.type == "ok" ? .ok : .fail
            operations[place].return = Int64(line)
        default: throw HistoryFormatError(line: line, ":\(event.type) is not :invoke, :ok, :fail or :info")
        }
    }

    private static func event(_ line: Substring, _ number: Int) throws(HistoryFormatError) -> Event? {
        let types: Set = ["invoke", "ok", "fail", "info"]
        if let first = line.first(where: { !$0.isWhitespace }), first == "{" {
            let values = try EDN.values(of: line, number: number)
            guard let map = values.first, values.count == 1 else {
                throw HistoryFormatError(line: number, "more than one value")
            }
            guard let process = map["process"], case .keyword(let type)? = map["type"] else {
                throw HistoryFormatError(line: number, "a map without :process or :type")
            }
            // The nemesis is no process of the history.
            guard case .number = process else { return nil }
            guard case .keyword(let function)? = map["f"] else {
                throw HistoryFormatError(line: number, "a map without :f")
            }
            return Event(
                process: process,
                type: type,
                function: function,
                key: map["key"],
                value: map["value"] ?? .none
            )
        }
        // Other lines of the log are no events, and need not be readable.
        guard types.contains(where: { line.contains(":" + $0) }) else {
            guard line.allSatisfy(\.isWhitespace) || line.contains("INFO") || line.contains("WARN") || isComment(line)
            else { throw HistoryFormatError(line: number, "not an event: \(line.prefix(60))") }
            return nil
        }
        let values = try EDN.values(of: line, number: number)
        guard
            let place = values.firstIndex(where: {
                if case .keyword(let name) = $0 { types.contains(name) } else { false }
            }), place > 0, case .number = values[place - 1], case .keyword(let type) = values[place]
        else { return nil }
        guard values.count > place + 1, case .keyword(let function) = values[place + 1] else {
            throw HistoryFormatError(line: number, "an event without its operation")
        }
        let value = values.count > place + 2 ? values[place + 2] : .none
        return Event(process: values[place - 1], type: type, function: function, key: nil, value: value)
    }

    private static func isComment(_ line: Substring) -> Bool {
        line.drop(while: \.isWhitespace).hasPrefix(";")
    }
}

extension EDN {
    /// What tells processes apart.
    typealias ID = String
}
