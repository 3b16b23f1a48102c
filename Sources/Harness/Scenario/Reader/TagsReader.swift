/// Reads `tags:`, of the scenario, of a load and of a request.
enum TagsReader {
    /// The engine's own tags.
    static let reserved = [
        "load", "request", "status", "phase", "error", "group", "reason", "rendezvous", "outcome",
    ]
    private static let maximumTags = 16
    private static let maximumLength = 64

    /// Tags that are the same for all samples of the scenario or of a load.
    static func constants(_ reader: NodeReader?) -> [String: String] {
        var tags: [String: String] = [:]
        for (name, value) in entries(reader) {
            guard let text = value.string("a tag's value") else { continue }
            if text.contains("${") {
                value.error("this tag is the same for all samples; a tag with an expression belongs to a request")
            }
            check(text, value)
            tags[name] = text
        }
        return tags
    }

    /// Tags of a request, whose values may have expressions in them.
    static func templates(_ reader: NodeReader?, in scope: NameScope) -> [TagTemplate] {
        entries(reader).compactMap { name, value in
            guard let pieces = value.pieces("a tag's value", in: scope) else { return nil }
            let template = Template(pieces)
            if let text = template.literal { check(text, value) }
            return TagTemplate(name: name, value: template)
        }
    }

    private static func entries(_ reader: NodeReader?) -> [(name: String, value: NodeReader)] {
        guard let reader, let fields = reader.mapping("tags by name: { tier: gold }") else { return [] }
        if fields.entries.count > maximumTags { reader.error("at most \(maximumTags) tags") }
        for entry in fields.entries {
            Name.check(entry.key, "a tag", at: entry.keyPosition, path: entry.value.path, in: reader.context)
            guard reserved.contains(entry.key) else { continue }
            reader.context.add(
                entry.keyPosition,
                entry.value.path,
                "`\(entry.key)` is a tag that the engine sets; a tag of your own needs another name"
            )
        }
        return fields.entries.map { ($0.key, $0.value) }
    }

    /// What a threshold's `{tag:value}` could not name.
    private static func check(_ text: String, _ reader: NodeReader) {
        if text.isEmpty || text.count > maximumLength || text.contains(where: { "{},".contains($0) || $0.isNewline }) {
            reader.error("a tag's value is a text of 1 to \(maximumLength) characters without { } , and line breaks")
        }
    }
}
