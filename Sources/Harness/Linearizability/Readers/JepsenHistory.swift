/// Operations of a history that Jepsen recorded, as invocations joined with their completions.
///
/// Two ways to write an event are read: a line of Jepsen's log (`INFO jepsen.util - 3 :invoke :write 4`, with or without what stands before
/// the process) and maps (`{:process 3, :type :invoke, :f :write, :value 4}`). Time is the place in the file.
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
    /// - Throws: `HistoryFormatError` that names the line, where one is not an event; also when there is none at all: of nothing, nothing
    ///   can be said.
    init(_ text: String) throws(HistoryFormatError) {
        var number = 0
        var time: Int64 = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            for event in try Self.events(line, number) {
                time += 1
                try take(event, at: time, number)
            }
        }
        guard !operations.isEmpty else { throw HistoryFormatError(line: max(1, number), "no operation up to here") }
    }

    private mutating func take(_ event: Event, at time: Int64, _ line: Int) throws(HistoryFormatError) {
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
                    invoke: time,
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
            operations[place].return = time
        default: throw HistoryFormatError(line: line, ":\(event.type) is not :invoke, :ok, :fail or :info")
        }
    }

    /// The events of a line: one, or as many as there are maps; none in what else a log may have.
    private static func events(_ line: Substring, _ number: Int) throws(HistoryFormatError) -> [Event] {
        if let maps = maps(line) {
            var events: [Event] = []
            for value in try EDN.values(of: maps, number: number) {
                let items = if case .vector(let items) = value { items } else { [value] }
                for item in items {
                    if let event = try event(item, number) { events.append(event) }
                }
            }
            return events
        }
        return try event(words: line, number).map { [$0] } ?? []
    }

    /// Where a line's maps begin, whatever stands before them (`INFO jepsen.util - `, `#jepsen.history.Op`); nil for a line of words.
    private static func maps(_ line: Substring) -> Substring? {
        let text = line.drop(while: \.isWhitespace)
        if ["{", "[{", "({"].contains(where: text.hasPrefix) { return text }
        guard text.contains(":process"), let brace = text.firstRange(of: "{:") else { return nil }
        return text[brace.lowerBound...]
    }

    private static func event(_ map: EDN, _ line: Int) throws(HistoryFormatError) -> Event? {
        guard let process = map["process"], case .keyword(let type)? = map["type"] else {
            throw HistoryFormatError(line: line, "not a map with :process and :type")
        }
        // The nemesis is no process of the history.
        if case .keyword = process { return nil }
        guard case .keyword(let function)? = map["f"] else { throw HistoryFormatError(line: line, "a map without :f") }
        return Event(
            process: process,
            type: type,
            function: function,
            key: map["key"],
            value: map["value"] ?? .none
        )
    }

    /// An event as Jepsen's log has it: a process, what it is the event of, the operation, a value.
    private static func event(words line: Substring, _ number: Int) throws(HistoryFormatError) -> Event? {
        let words = line.utf8.split { " \t\r".utf8.contains($0) }
        let types: Set = [":invoke", ":ok", ":fail", ":info"]
        guard let place = words.firstIndex(where: { types.contains(String(Substring($0))) }), place > 0 else {
            // Other lines of the log are no events, and need not be readable.
            guard line.allSatisfy(\.isWhitespace) || line.contains("INFO") || line.contains("WARN") || isComment(line)
            else { throw HistoryFormatError(line: number, "not an event: \(line.prefix(60))") }
            return nil
        }
        let process = String(Substring(words[place - 1]))
        let isNumber = process.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let hasOperation = words.count > place + 1 && words[place + 1].first == UInt8(ascii: ":")
        // The nemesis, and maps of results.
        if process.hasPrefix(":") || !isNumber && !hasOperation { return nil }
        guard isNumber else { throw HistoryFormatError(line: number, "'\(process)' is not the number of a process") }
        guard hasOperation else { throw HistoryFormatError(line: number, "an event without its operation") }
        return Event(
            process: .number(process),
            type: String(Substring(words[place]).dropFirst()),
            function: String(Substring(words[place + 1]).dropFirst()),
            key: nil,
            value: try EDN.values(of: line[words[place + 1].endIndex...], number: number).first ?? .none
        )
    }

    private static func isComment(_ line: Substring) -> Bool {
        line.drop(while: \.isWhitespace).hasPrefix(";")
    }
}

extension EDN {
    /// What tells processes apart.
    typealias ID = String
}
