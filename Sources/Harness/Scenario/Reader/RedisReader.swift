/// Reads a named command: `- stock: { redis: [GET, "stock:${finale.id}"], capture: { left: $ } }`.
struct RedisReader {
    /// Commands that would hold up the connection, which all users of a thread share, or change what it is.
    private static let refused: Set<String> = [
        "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT", "WAITAOF",
        "SUBSCRIBE",
        "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "SYNC", "PSYNC", "MULTI",
        "EXEC",
        "DISCARD", "WATCH", "UNWATCH", "SELECT", "AUTH", "HELLO", "QUIT", "RESET", "CLIENT", "SHUTDOWN",
    ]

    let requests: RequestReader

    func read(_ name: String, at position: SourcePosition, _ reader: NodeReader) -> Step.Kind? {
        Name.check(name, "a request", at: position, path: reader.path, in: reader.context)
        let index = requests.registry.add(
            name,
            flow: requests.flow,
            at: position,
            path: reader.path,
            in: reader.context
        )
        guard let fields = reader.mapping("{ redis: [GET, key] }") else { return nil }
        let command = fields.required("redis").map(command) ?? []
        let timeout = fields.optional("timeout")?.duration(from: .milliseconds(1), to: .seconds(3600)) ?? .seconds(5)
        let captures = captures(fields.optional("capture"))
        let tags = TagsReader.templates(fields.optional("tags"), in: requests.scope)
        fields.finish()
        requests.registry.usesRedis(at: fields.keyPosition("redis"), path: reader.path)
        return .redis(
            RedisStep(
                name: name,
                index: index,
                command: command,
                timeout: timeout,
                captures: captures,
                tags: tags,
                group: requests.group,
                position: position
            )
        )
    }

    private func command(_ reader: NodeReader) -> [Template] {
        guard let words = reader.sequence("a command and its arguments as a list: [GET, key]") else { return [] }
        if words.isEmpty { reader.error("expected a command and its arguments: [GET, key]") }
        let texts = words.map { $0.text?.uppercased() ?? "" }
        if let name = texts.first {
            if name.contains("${") {
                words.first?.error("the command's name must stand in the file; its arguments may be expressions")
            } else if Self.refused.contains(name) || (name.hasPrefix("XREAD") && texts.contains("BLOCK")) {
                words.first?.error("\(name) blocks or changes the connection, which all users of a thread share")
            }
        }
        return words.compactMap { $0.pieces("a text", in: requests.scope).map(Template.init) }
    }

    private func captures(_ reader: NodeReader?) -> [Capture] {
        guard let reader, let fields = reader.mapping("variables, each with a path into the reply: { left: $ }") else {
            return []
        }
        return fields.entries.compactMap { entry in
            guard let path = entry.value.text.flatMap({ JSONPath($0) }) else {
                entry.value.error("expected a path into the reply, such as $ or $[0], found \(entry.value.found)")
                return nil
            }
            return requests.scope.slotForWriting(entry.key).map {
                Capture(name: entry.key, slot: $0, source: .json(path))
            }
        }
    }
}
