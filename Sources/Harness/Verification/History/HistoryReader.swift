import Foundation

/// Reads `history.jsonl`.
package enum HistoryReader {
    /// Entries that one thread decodes at once.
    private static let batch = 512

    /// Whether `text` begins as a run's history does.
    package static func isHistory(_ text: String) -> Bool {
        let first = text.prefix { !$0.isNewline }
        return (try? JSONDecoder().decode(HistoryHeader.self, from: Data(first.utf8))) != nil
    }

    /// Reads a whole file, of which never more than a piece is in memory.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - begin: Is given the header, before any entry.
    ///   - take: Is given each entry, in the order of the file.
    /// - Returns: What was received on streams of seats, and how many lines the file has.
    /// - Throws: `EvidenceError` that names the line when the file is missing, cut off or not a history; otherwise what the bodies throw.
    package static func read(
        path: String,
        begin: (HistoryHeader) throws -> Void,
        _ take: (HistoryEntry) throws -> Void
    ) throws -> (streams: StreamHistory, lines: Int) {
        var streams = StreamHistoryReader()
        var file = LineFile(path: path)
        var number = 0
        let isWhole = try file.readOn { lines in
            var lines = lines[...]
            if number == 0, let first = lines.popFirst() {
                number = 1
                guard let header = try? JSONDecoder().decode(HistoryHeader.self, from: first), header.history == 1
                else {
                    throw EvidenceError("\(path):1: not the header of a history of version 1")
                }
                try begin(header)
            }
            var requests: [NumberedLine] = []
            requests.reserveCapacity(lines.count)
            for line in lines {
                number += 1
                do {
                    if try !streams.take(line) { requests.append(NumberedLine(number: number, text: line)) }
                } catch {
                    throw EvidenceError("\(path):\(number): not an entry of a history: \(error)")
                }
            }
            let entries = try LineDecoding.decode(
                HistoryEntry.self,
                requests,
                batch: batch,
                what: "an entry of a history",
                of: path
            )
            for entry in entries { try take(entry) }
        }
        guard isWhole, number > 0 else { throw EvidenceError("\(path): empty, or its last line is cut off") }
        return (streams.history, number)
    }
}
