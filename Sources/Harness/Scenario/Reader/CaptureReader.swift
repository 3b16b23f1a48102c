/// Reads `capture:`.
struct CaptureReader {
    private static let sources = "a JSON path such as $.holdToken, or one of { header: … }, { cookie: … }, { regex: … }"

    let scope: NameScope

    func read(_ reader: NodeReader?) -> [Capture] {
        guard let reader, let fields = reader.mapping("variables, each with a JSON path: { token: $.holdToken }") else {
            return []
        }
        return fields.entries.compactMap { entry in
            guard let slot = scope.slotForWriting(entry.key), let source = source(entry.value) else { return nil }
            return Capture(name: entry.key, slot: slot, source: source)
        }
    }

    private func source(_ reader: NodeReader) -> Capture.Source? {
        if let text = reader.text {
            guard let path = JSONPath(text) else {
                reader.error("expected \(Self.sources), found \(reader.found)")
                return nil
            }
            return .json(path)
        }
        guard let fields = reader.mapping(Self.sources) else { return nil }
        let json = fields.optional("json").flatMap(source)
        let cookie = fields.optional("cookie")?.string("a cookie's name").map { Capture.Source.cookie($0) }
        let header = fields.optional("header")?.string("a header's name")?.lowercased()
        let pattern = fields.optional("regex").flatMap(self.pattern)
        fields.finish()
        let given = fields.entries.map(\.key)
        guard given.count == 1 || Set(given) == ["regex", "header"] else {
            if fields.unknown.isEmpty {
                reader.error("expected one of json, header, cookie and regex (regex with header, if not the body)")
            }
            return nil
        }
        if fields.optional("regex") != nil { return pattern.map { .regex($0, header: header) } }
        return json ?? cookie ?? header.map { .header($0) }
    }

    private func pattern(_ reader: NodeReader) -> TextPattern? {
        guard let text = reader.string("a regular expression, its value in a group: 'token=(\\w+)'") else { return nil }
        guard let pattern = TextPattern(text) else {
            reader.error("not a regular expression (ICU's syntax): \(text)")
            return nil
        }
        guard pattern.groups <= 1 else {
            reader.error("a capture takes one group, and here are \(pattern.groups): write (?:…) for the others")
            return nil
        }
        return pattern
    }
}
