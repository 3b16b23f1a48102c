import Dispatch
import Foundation
import Synchronization

/// A line of JSON, and its number in its file from 1.
struct NumberedLine: Sendable {
    var number: Int
    var text: Data
}

/// Decodes lines of JSON on all cores: most of the time that reading a recorded run takes.
enum LineDecoding {
    /// Decodes lines, keeping their order.
    ///
    /// - Parameters:
    ///   - type: What each line is.
    ///   - lines: Of one file.
    ///   - batch: How many lines a thread takes at once.
    ///   - what: What a line is to be, for the error: `an entry of a history`.
    ///   - path: The file, for the error.
    /// - Returns: One value a line.
    /// - Throws: `EvidenceError` that names the first line that is none.
    static func decode<Value: Decodable & Sendable>(
        _ type: Value.Type,
        _ lines: [NumberedLine],
        batch: Int,
        what: String,
        of path: String
    ) throws -> [Value] {
        let batches = (lines.count + batch - 1) / batch
        let results = Mutex([Result<[Value], EvidenceError>?](repeating: nil, count: batches))
        DispatchQueue.concurrentPerform(iterations: batches) { index in
            let decoder = JSONDecoder()
            let part = lines[index * batch..<min(lines.count, (index + 1) * batch)]
            let result = Result { () throws(EvidenceError) in
                var values: [Value] = []
                values.reserveCapacity(part.count)
                for line in part {
                    do {
                        values.append(try decoder.decode(type, from: line.text))
                    } catch {
                        throw EvidenceError("\(path):\(line.number): not \(what): \(error)")
                    }
                }
                return values
            }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { $0 }.flatMap { try $0?.get() ?? [] }
    }
}
