import Foundation

/// Reads a run's `spans.jsonl`, a body of OTLP's JSON a line, also while it grows.
package struct SpanFile {
    /// The file's name in a run's folder.
    package static let name = "spans.jsonl"

    private var file: LineFile
    /// What was read so far.
    package private(set) var spans = SpanEvidence()

    package init(path: String) { file = LineFile(path: path) }

    /// Reads the whole lines that have come since the last time.
    ///
    /// - Returns: Whether there were any.
    /// - Throws: `EvidenceError` when the file is missing, or names the line that is no OTLP.
    package mutating func readOn() throws -> Bool {
        let before = spans.lines
        let path = file.path
        let decoder = JSONDecoder()
        var spans = self.spans
        _ = try file.readOn { lines in
            for line in lines {
                do {
                    spans.take(try decoder.decode(OTLPBody.self, from: line))
                } catch {
                    throw EvidenceError("\(path):\(spans.lines + 1): not an export of spans: \(error)")
                }
            }
        }
        self.spans = spans
        return spans.lines > before
    }
}
