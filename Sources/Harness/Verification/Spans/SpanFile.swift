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
        var spans = self.spans
        _ = try file.readOn { lines in
            let numbered = lines.enumerated().map {
                NumberedLine(number: spans.lines + $0.offset + 1, text: $0.element)
            }
            // A line is an export of up to 512 spans.
            let bodies = try LineDecoding.decode(
                OTLPBody.self,
                numbered,
                batch: 2,
                what: "an export of spans",
                of: path
            )
            for body in bodies { spans.take(body) }
        }
        self.spans = spans
        return spans.lines > before
    }
}
