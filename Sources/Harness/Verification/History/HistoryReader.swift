import Foundation

/// Reads `history.jsonl`.
package enum HistoryReader {
    /// Whether `text` begins as a run's history does.
    package static func isHistory(_ text: String) -> Bool {
        let first = text.prefix { !$0.isNewline }
        return (try? JSONDecoder().decode(HistoryHeader.self, from: Data(first.utf8))) != nil
    }

    /// Reads a whole file.
    ///
    /// - Throws: `EvidenceError` that names the line when the file is missing, cut off or not a history.
    package static func read(
        path: String
    ) throws -> (header: HistoryHeader, entries: [HistoryEntry], streams: StreamHistory) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EvidenceError("\(path): no such file, or it cannot be read")
        }
        guard data.last == UInt8(ascii: "\n") else {
            throw EvidenceError("\(path): empty, or its last line is cut off")
        }
        let decoder = JSONDecoder()
        var lines = data.split(separator: UInt8(ascii: "\n"))[...]
        guard let first = lines.popFirst(), let header = try? decoder.decode(HistoryHeader.self, from: first),
            header.history == 1
        else { throw EvidenceError("\(path):1: not the header of a history of version 1") }
        var entries: [HistoryEntry] = []
        var streams = StreamHistoryReader()
        entries.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            do {
                if try streams.take(line) { continue }
                entries.append(try decoder.decode(HistoryEntry.self, from: line))
            } catch {
                throw EvidenceError("\(path):\(index + 2): not an entry of a history: \(error)")
            }
        }
        return (header, entries, streams.history)
    }
}
