/// Rows of named columns, as they are read from a file or a list.
struct DataTable {
    struct Mistake {
        let position: SourcePosition
        let message: String
        let line: String
    }

    /// A file that is wrong in every line is not told of line by line.
    private static let maximumMistakes = 10

    private(set) var columns: [String] = []
    private(set) var rows: [[Value]] = []
    private(set) var mistakes: [Mistake] = []

    private mutating func note(_ position: SourcePosition, _ message: String, _ line: String) {
        if mistakes.count == Self.maximumMistakes {
            mistakes.append(Mistake(position: position, message: "… and more", line: ""))
        }
        guard mistakes.count < Self.maximumMistakes else { return }
        mistakes.append(Mistake(position: position, message: message, line: String(line.prefix(200))))
    }

    /// What is wrong with the columns' names; nil when nothing is.
    private static func problem(ofColumns names: [String]) -> (column: Int, message: String)? {
        if names.count > DataReader.maximumColumns { return (0, "more than \(DataReader.maximumColumns) columns") }
        for (index, name) in names.enumerated() {
            let scalars = name.unicodeScalars
            guard scalars.first?.isNameStart ?? false, scalars.allSatisfy(\.isNamePart), name.count <= 64 else {
                return (index, "column `\(name)`: a column is named with letters, digits and _, at most 64")
            }
            if names[..<index].contains(name) { return (index, "column `\(name)` is there twice") }
        }
        return nil
    }

    /// Adds a row of which the first one names the columns.
    ///
    /// - Returns: what is wrong with it; nil when nothing is.
    mutating func add(_ row: [(name: String, value: Value)]) -> String? {
        if columns.isEmpty {
            if let problem = Self.problem(ofColumns: row.map(\.name)) { return problem.message }
            guard !row.isEmpty else { return "the row has no columns" }
            columns = row.map(\.name)
        }
        guard rows.count < DataReader.maximumRows else { return "more than \(DataReader.maximumRows) rows" }
        for (name, _) in row where !columns.contains(name) {
            let suggestion = Spelling.suggestion(for: name, among: columns)
            return
                "the first row has no `\(name)`\(suggestion.isEmpty ? "; it has \(columns.joined(separator: ", "))" : suggestion)"
        }
        var values: [Value] = []
        for column in columns {
            guard let field = row.first(where: { $0.name == column }) else { return "`\(column)` is missing" }
            values.append(field.value)
        }
        rows.append(values)
        return nil
    }

    // MARK: Files

    /// A header with the columns' names, then a row a record; fields are texts (RFC 4180).
    mutating func readCSV(_ bytes: [UInt8]) {
        var scanner = CSVScanner(bytes)
        // Where a mistake is, is looked for from the file's beginning: not for those that are told no more.
        while mistakes.count <= Self.maximumMistakes {
            switch scanner.next() {
            case .end:
                if columns.isEmpty, mistakes.isEmpty {
                    note(SourcePosition(line: 1, column: 1), "the file is empty; its first line names the columns", "")
                }
                return
            case .broken(let offset, let message): return note(scanner.place(of: offset), message)
            case .record(let fields) where columns.isEmpty:
                let names = fields.map(\.text)
                if let problem = Self.problem(ofColumns: names) {
                    return note(scanner.place(of: fields[problem.column].start), problem.message)
                }
                columns = names
            case .record(let fields):
                let place = fields.count > columns.count ? fields[columns.count].start : fields[0].start
                guard fields.count == columns.count else {
                    let names = columns.joined(separator: ", ")
                    let message = "\(fields.count) fields, and there are \(columns.count) columns (\(names))"
                    note(scanner.place(of: place), message)
                    continue
                }
                guard rows.count < DataReader.maximumRows else {
                    return note(scanner.place(of: place), "more than \(DataReader.maximumRows) rows")
                }
                rows.append(fields.map { .text($0.text) })
            }
        }
    }

    private mutating func note(_ place: (position: SourcePosition, line: String), _ message: String) {
        note(place.position, message, place.line)
    }

    /// An object a line; the first one names the columns, and values keep their types.
    mutating func readJSONLines(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
            guard mistakes.count <= Self.maximumMistakes else { return }
            let text = String(decoding: line, as: UTF8.self)
            let (members, offset) = line.withUnsafeBufferPointer { buffer in
                var scanner = JSONScanner(buffer)
                return (scanner.members(), scanner.offset)
            }
            guard let members else {
                let column = String(decoding: line.prefix(offset), as: UTF8.self).unicodeScalars.count + 1
                note(SourcePosition(line: index + 1, column: column), "not a JSON object on one line", text)
                continue
            }
            if let problem = add(members.map { (name: $0.key, value: $0.value) }) {
                note(SourcePosition(line: index + 1, column: 1), problem, text)
            }
        }
    }
}
