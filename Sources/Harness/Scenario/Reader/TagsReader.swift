/// Reads `tags:`: the scenario's own tags, name to value.
enum TagsReader {
    /// What the engine tags samples with itself.
    static let reserved = ["load", "request", "status", "group", "phase", "error", "reason"]

    static func read(_ reader: NodeReader?) -> [String: String] {
        guard let reader, let fields = reader.mapping("tags by name: { device: phone }") else { return [:] }
        var tags: [String: String] = [:]
        for entry in fields.entries {
            Name.check(entry.key, "a tag", at: entry.keyPosition, path: entry.value.path, in: reader.context)
            if reserved.contains(entry.key) {
                reader.context.add(entry.keyPosition, entry.value.path, "`\(entry.key)` is a tag of the engine's own")
            }
            tags[entry.key] = entry.value.string("the tag's value")
        }
        return tags
    }
}
