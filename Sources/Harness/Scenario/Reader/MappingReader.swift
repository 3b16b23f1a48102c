import Yams

/// The entries of a mapping.
///
/// Keys that are asked for are known; ``finish()`` notes the others.
final class MappingReader {
    let reader: NodeReader
    /// In the order of the file.
    let entries: [(key: String, keyPosition: SourcePosition, value: NodeReader)]
    private var asked: [String] = []
    private var missing: [String] = []

    init(_ mapping: Node.Mapping, of reader: NodeReader) {
        self.reader = reader
        entries = mapping.rejoined.map { key, value in
            let name = key.scalar?.string ?? ""
            let position = SourcePosition(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
            if key.scalar == nil { reader.context.add(position, reader.path, "a key must be a text") }
            return (name, position, reader.child(value, reader.path.isEmpty ? name : "\(reader.path).\(name)"))
        }
    }

    func optional(_ key: String) -> NodeReader? {
        asked.append(key)
        return entries.first { $0.key == key }?.value
    }

    func required(_ key: String) -> NodeReader? {
        let value = optional(key)
        if value == nil { missing.append(key) }
        return value
    }

    func keyPosition(_ key: String) -> SourcePosition {
        entries.first { $0.key == key }?.keyPosition ?? reader.position
    }

    /// A key of the language that this version does not have yet.
    func refuse(_ keys: [String], instead: String = "") {
        for key in keys where optional(key) != nil {
            let advice = instead.isEmpty ? "" : ": \(instead)"
            reader.context.add(keyPosition(key), path(key), "not available in this version yet\(advice)")
        }
    }

    /// Keys that nobody asked for.
    var unknown: [(key: String, keyPosition: SourcePosition, value: NodeReader)] {
        entries.filter { !asked.contains($0.key) && !$0.key.isEmpty }
    }

    /// Notes every key that nobody asked for, and every one that was asked for in vain and not just misspelt.
    func finish() {
        finishMissing()
        for entry in unknown {
            let suggestion = Spelling.suggestion(for: entry.key, among: asked)
            let known = suggestion.isEmpty ? "; known here: \(asked.joined(separator: ", "))" : suggestion
            reader.context.add(entry.keyPosition, path(entry.key), "unknown key `\(entry.key)`\(known)")
        }
    }

    private func path(_ key: String) -> String {
        reader.path.isEmpty ? key : "\(reader.path).\(key)"
    }

    /// Notes the missing keys only, where it is not known which others there may be.
    func finishMissing() {
        let meant = unknown.map { Spelling.suggestion(for: $0.key, among: asked) }
        for key in missing where !meant.contains(where: { $0.contains("`\(key)`") }) {
            reader.error("`\(key)` is missing")
        }
        missing = []
    }
}

extension Node.Mapping {
    /// The entries, with parentheses held together.
    ///
    /// In `{ delay: lognormal(800ms, 400ms), fail: 20% }` YAML ends the value at the first comma and takes `400ms)` for
    /// a key without a value; what was written is put together again. (Whether the mapping is a flow mapping, Yams 6.2.2
    /// does not say: it reads the style from the mapping's end.)
    var rejoined: [(key: Node, value: Node)] {
        var result: [(key: Node, value: Node)] = []
        for (key, value) in self {
            if let last = result.last?.value.scalar, last.style == .plain, last.string.hasOpenParenthesis,
                let more = key.scalar, more.style == .plain, let nothing = value.scalar, nothing.style == .plain,
                nothing.string.isEmpty
            {
                var whole = last
                whole.string += ", " + more.string
                result[result.count - 1].value = .scalar(whole)
            } else {
                result.append((key, value))
            }
        }
        return result
    }
}

extension String {
    fileprivate var hasOpenParenthesis: Bool {
        unicodeScalars.reduce(0) { $0 + ($1 == "(" ? 1 : $1 == ")" ? -1 : 0) } > 0
    }
}
