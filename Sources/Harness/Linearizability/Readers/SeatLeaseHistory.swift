import Foundation

/// A recorded case of one seat, with the verdict that is expected of it, if one is.
package struct SeatLeaseCase: Sendable {
    package var name: String
    package var calls: [Call<SeatModel.Operation>]
    package var expected: Linearizability?
    /// How many operations were recorded; the ends of leases are calls besides.
    package var operations: Int
    /// The line of the file, from 1.
    package var line: Int

    /// Reads one case a line; times are turned into microseconds.
    ///
    /// - Throws: `HistoryFormatError` that names the line; also when there is no case.
    package static func read(_ text: String) throws(HistoryFormatError) -> [SeatLeaseCase] {
        var cases: [SeatLeaseCase] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            if line.allSatisfy(\.isWhitespace) { continue }
            cases.append(try SeatLeaseCase(line, number))
        }
        guard !cases.isEmpty else { throw HistoryFormatError(line: max(1, number), "no case up to here") }
        return cases
    }

    private init(_ text: Substring, _ number: Int) throws(HistoryFormatError) {
        let recorded: Recorded
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            recorded = try decoder.decode(Recorded.self, from: Data(text.utf8))
        } catch {
            throw HistoryFormatError(line: number, "not a case of a seat: \(error)")
        }
        name = recorded.name ?? "case \(number)"
        expected = recorded.verdict.flatMap(Linearizability.init)
        line = number
        operations = recorded.ops.count
        var timeline = SeatTimeline(epsilon: Self.microseconds(recorded.epsilonMs ?? 0))
        var tokens: [String: Int32] = [:]
        for (place, operation) in recorded.ops.enumerated() {
            let token = operation.token.map { token in
                tokens[token] ?? Int32(tokens.count + 1)
            }
            if let text = operation.token { tokens[text] = token }
            try timeline.add(operation, token: token ?? 0, line: number, place: place)
        }
        calls = timeline.calls
    }

    fileprivate static func microseconds(_ milliseconds: Double) -> Int64 {
        Int64((max(-9e12, min(9e12, milliseconds)) * 1000).rounded())
    }

    /// A line of the file.
    private struct Recorded: Decodable {
        var name: String?
        var epsilonMs: Double?
        var verdict: String?
        var ops: [RecordedSeatOperation]
    }
}

/// An operation as a case records it.
private struct RecordedSeatOperation: Decodable {
    var invokeMs: Double
    /// nil when it never returned.
    var returnMs: Double?
    var op: String
    var token: String?
    var ttlMs: Double?
    var outcome: String
    /// What a read saw.
    var state: String?
}

extension SeatTimeline {
    fileprivate mutating func add(
        _ recorded: RecordedSeatOperation,
        token: Int32,
        line: Int,
        place: Int
    ) throws(HistoryFormatError) {
        let invoke = SeatLeaseCase.microseconds(recorded.invokeMs)
        let end = recorded.returnMs.map(SeatLeaseCase.microseconds) ?? .max
        guard end >= invoke else {
            throw HistoryFormatError(line: line, "operation \(place + 1) returned before it was invoked")
        }
        let outcomes: [String: SeatModel.Operation.Outcome] = [
            "ok": .ok, "conflict": .conflict, "gone": .gone, "not-holder": .notHolder, "unknown": .ok,
        ]
        if recorded.outcome == "failed" || recorded.outcome == "fail" { return }
        guard let outcome = outcomes[recorded.outcome] else {
            throw HistoryFormatError(line: line, "operation \(place + 1): no outcome is called \(recorded.outcome)")
        }
        let isUnknown = recorded.outcome == "unknown"
        let action: SeatModel.Operation.Action
        switch recorded.op {
        case "hold": action = .hold
        case "extend": action = .extend
        case "confirm": action = .confirm
        case "release": action = .release
        case "forget": action = .forget
        case "read" where isUnknown: return
        case "read":
            switch (recorded.state ?? "").lowercased() {
            case "free", "available": action = .readFree
            case "held": action = .readHeld
            case "sold": action = .readSold
            default: throw HistoryFormatError(line: line, "operation \(place + 1): a read without its state")
            }
        default: throw HistoryFormatError(line: line, "operation \(place + 1): no operation is called \(recorded.op)")
        }
        let isLease = (action == .hold || action == .extend) && outcome == .ok
        if isLease && recorded.ttlMs == nil {
            throw HistoryFormatError(line: line, "operation \(place + 1): \(recorded.op) without ttl_ms")
        }
        add(
            SeatModel.Operation(action, outcome, token: token),
            invoke: invoke,
            return: end,
            isOptional: isUnknown,
            ttl: isLease ? recorded.ttlMs.map(SeatLeaseCase.microseconds) : nil,
            source: place
        )
    }
}
