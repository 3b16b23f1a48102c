/// The first line of a message, and its fields.
struct HTTPHead {
    let first: Substring
    /// By lower-case name; repeated ones are joined by commas.
    let fields: [Substring: String]

    init(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        first = lines.first ?? ""
        var fields: [Substring: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = Substring(line[..<colon].lowercased())
            let value = line[line.index(after: colon)...].trimmingBlanks
            fields[name] = fields[name].map { "\($0),\(value)" } ?? String(value)
        }
        self.fields = fields
    }

    /// The parts of the first line.
    var words: [Substring] { first.split(separator: " ", maxSplits: 2) }

    /// What the fields say of the body; nil if they say nothing.
    func framing() throws(Unfollowable) -> HTTPBodyReader.Framing? {
        if let coding = fields["transfer-encoding"]?.lowercased() {
            return coding.hasSuffix("chunked") ? .chunked : .untilClose
        }
        guard let length = fields["content-length"] else { return nil }
        let values = Set(length.split(separator: ",").map(\.trimmingBlanks))
        guard values.count == 1, let value = values.first.flatMap({ Int($0) }), value >= 0 else {
            throw Unfollowable("not HTTP/1.1")
        }
        return .length(value)
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
