import Foundation

/// The evidence of a run, saved beside its history, so that it can be judged again when the stores are gone.
package enum EvidenceFile {
    /// The file's name in a run's folder.
    package static let name = "evidence.json"

    /// Saves what the stores said; the clients' part stays in `history.jsonl`.
    ///
    /// - Throws: when the file cannot be written.
    package static func save(_ evidence: Evidence, in folder: String) throws {
        var stores = evidence
        stores.clients = .unreadable(name: "the clients' history", reason: "it is in history.jsonl")
        if let spans = evidence.spans?.content { stores.spans = .read(spans.summary) }
        try JSONEncoder().encode(stores).write(to: URL(filePath: folder + "/" + name))
    }

    /// Reads a run's evidence: the stores' from `evidence.json`, the clients' from `history.jsonl`, spans from `spans.jsonl`.
    ///
    /// - Throws: `EvidenceError` when there is no evidence to read; a missing history makes only the clients' part unreadable.
    package static func read(from folder: String) async throws -> Evidence {
        let path = folder + "/" + name
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EvidenceError("\(path): no such file, or it cannot be read")
        }
        var evidence: Evidence
        do {
            evidence = try JSONDecoder().decode(Evidence.self, from: data)
        } catch DecodingError.keyNotFound(let key, let context) where !context.codingPath.isEmpty {
            // No value is made up for it: the verdict would rest on it.
            let place = context.codingPath.first.map(\.stringValue) ?? ""
            throw EvidenceError(
                "\(path): another version of seatstorm recorded this run: it says nothing of '\(key.stringValue)' in '\(place)'; "
                    + "that version can judge it"
            )
        } catch {
            throw EvidenceError("\(path): not the evidence of a run: \(error)")
        }
        let lines = evidence.historyLines
        evidence.clients = await Source.reading("the clients' history") {
            let path = folder + "/history.jsonl"
            let clients = try ClientEvidence.read(history: path)
            // A file that ends with a whole line may yet have lost some.
            if let lines, clients.lines < lines {
                throw EvidenceError("\(path): it has \(clients.lines) of \(lines) lines")
            }
            return clients
        }
        if let known = evidence.spans?.content {
            evidence.spans = await Source.reading("the spans") { try spans(known, in: folder) }
        }
        return evidence
    }

    /// The spans of which `evidence.json` has the number of lines only.
    private static func spans(_ known: SpanEvidence, in folder: String) throws -> SpanEvidence {
        var file = SpanFile(path: folder + "/" + SpanFile.name)
        _ = try file.readOn()
        guard file.spans.lines >= known.lines else {
            throw EvidenceError("\(folder)/\(SpanFile.name): it has \(file.spans.lines) of \(known.lines) lines")
        }
        var spans = file.spans
        spans.losses = known.losses
        spans.ended = known.ended
        return spans
    }
}
