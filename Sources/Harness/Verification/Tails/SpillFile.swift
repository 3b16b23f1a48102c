import Foundation

/// A file in a run's folder to which facts are written as they come, one JSON object a line, and from which they are read at the end.
struct SpillFile: Sendable {
    private let path: String
    private let file: FileHandle
    private let encoder = JSONEncoder()

    /// Makes a new file.
    ///
    /// - Throws: `EvidenceError` when it cannot be made.
    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw EvidenceError("\(path) cannot be written") }
        self.path = path
        self.file = file
    }

    /// Appends facts.
    ///
    /// - Throws: when the file cannot be written.
    func append(_ facts: [some Encodable]) throws {
        guard !facts.isEmpty else { return }
        var lines = Data()
        for fact in facts {
            lines.append(try encoder.encode(fact))
            lines.append(UInt8(ascii: "\n"))
        }
        try file.write(contentsOf: lines)
    }

    /// All facts that were appended, in their order.
    ///
    /// - Throws: `EvidenceError` when the file cannot be read back.
    func read<Fact: Decodable>(_ type: Fact.Type) throws -> [Fact] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EvidenceError("\(path): no such file, or it cannot be read")
        }
        let decoder = JSONDecoder()
        return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(type, from: $0) }
    }
}
