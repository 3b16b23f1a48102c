import Foundation

/// A file of lines, read piece by piece, so that a long one costs no memory.
struct LineFile {
    /// How much is read at once, in bytes.
    private static let piece = 4 << 20

    let path: String
    /// Where the next line begins.
    private(set) var offset: UInt64 = 0

    init(path: String) { self.path = path }

    /// Hands over the whole lines that have come since the last time, without their ends, many at once.
    ///
    /// - Returns: Whether the file ends with a whole line.
    /// - Throws: `EvidenceError` when the file is missing; otherwise what `take` throws.
    mutating func readOn(_ take: ([Data]) throws -> Void) throws -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw EvidenceError("\(path): no such file, or it cannot be read")
        }
        defer { try? file.close() }
        try file.seek(toOffset: offset)
        var rest = Data()
        while let data = try file.read(upToCount: Self.piece), !data.isEmpty {
            rest.append(data)
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            try take(rest[..<end].split(separator: UInt8(ascii: "\n")))
            offset += UInt64(end + 1)
            rest = Data(rest[(end + 1)...])
        }
        return rest.isEmpty
    }
}
