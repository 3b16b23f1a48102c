/// What a rule can know of an SQL statement, from its text: its first word, and the tables behind `FROM`, `JOIN`, `INTO`, `UPDATE` and `TABLE`.
struct SQLStatement {
    /// First words that `match.statement` may be; anything else would silently match nothing.
    ///
    /// `PREPARE` is also the preparing of a statement by the protocol, and `PING` the protocol's.
    static let kinds = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "COMMIT", "ROLLBACK", "BEGIN", "SET", "CALL", "WITH",
        "SAVEPOINT", "RELEASE", "LOCK", "UNLOCK", "CREATE", "ALTER", "DROP", "TRUNCATE", "SHOW", "USE", "EXPLAIN",
        "ANALYZE", "LOAD", "DO", "KILL", "GRANT", "REVOKE", "PREPARE", "EXECUTE", "PING",
    ]

    static func readKind(_ fields: JSONFields, _ name: String) throws(ProxyError) -> String? {
        guard let given = try fields.string(name) else { return nil }
        let kind = given.uppercased()
        guard kinds.contains(kind) else {
            throw ProxyError.badBody(
                "\(fields.path)\(name): \"\(given.prefix(100))\" is not one of \(kinds.joined(separator: ", "))"
            )
        }
        return kind
    }

    /// In capitals; `BEGIN` for `START TRANSACTION`.
    let kind: String
    /// Without their schemas.
    let tables: [String]
    /// Not all of the text was seen.
    let isCut: Bool

    init(kind: String, tables: [String], isCut: Bool) {
        self.kind = kind
        self.tables = tables
        self.isCut = isCut
    }

    init(_ text: ArraySlice<UInt8>, isCut: Bool) {
        var words = SQLWords(text)
        let first = words.next()?.uppercased() ?? ""
        kind = first == "START" ? "BEGIN" : first
        self.isCut = isCut
        var tables: [String] = []
        var expectsTable = first == "UPDATE"
        while let word = words.next() {
            let upper = word.uppercased()
            switch upper {
            case "FROM", "JOIN", "INTO", "TABLE": expectsTable = true
            case "IGNORE", "LOW_PRIORITY", "ONLY", "IF", "NOT", "EXISTS": break
            default:
                if expectsTable {
                    tables.append(word.split(separator: ".").last.map(String.init) ?? word)
                }
                expectsTable = false
            }
        }
        self.tables = tables
    }
}
