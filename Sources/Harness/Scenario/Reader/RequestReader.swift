/// What the requests of all flows share: their names are unique.
final class RequestRegistry {
    private(set) var names: [String] = []
    let rendezvous = RendezvousRegistry()
    /// The first command for Redis.
    private(set) var redisUse: NameScope.Use?
    private var firstUse: [String: (flow: String, line: Int)] = [:]

    func usesRedis(at position: SourcePosition, path: String) {
        redisUse = redisUse ?? NameScope.Use(position: position, path: path)
    }

    /// The request's index.
    func add(_ name: String, flow: String, at position: SourcePosition, path: String, in context: ReadingContext) -> Int
    {
        if let first = firstUse[name] {
            context.add(
                position,
                path,
                "request `\(name)` is already in flow \(first.flow), line \(first.line);"
                    + " the name is the tag in every metric, so each request needs its own"
            )
        } else {
            firstUse[name] = (flow, position.line)
        }
        names.append(name)
        return names.count - 1
    }
}

/// Reads a named request, with or without `until`, or a stream.
struct RequestReader {
    static let methods = RequestMethod.allCases.map { $0.rawValue.lowercased() } + ["stream"]
    private static let longestTimeout = Duration.seconds(3600)

    let scope: NameScope
    let registry: RequestRegistry
    let flow: String
    /// The groups around it: `::outer::inner`.
    var group = ""

    func read(_ name: String, at position: SourcePosition, _ reader: NodeReader) -> Step.Kind? {
        Name.check(name, "a request", at: position, path: reader.path, in: reader.context)
        let index = registry.add(name, flow: flow, at: position, path: reader.path, in: reader.context)
        let words = "a request ({ get: /… }, { post: /… }, …)"
        guard let fields = reader.mapping("\(words) or one of \(StepsReader.words.joined(separator: ", "))") else {
            return nil
        }
        guard let (method, url) = method(fields) else {
            _ = Self.methods.map(fields.optional)
            return nil
        }
        let isStream = method == "stream"
        let verb = RequestMethod(rawValue: method.uppercased()) ?? .get
        let request = RequestStep(
            name: name,
            index: index,
            method: verb,
            url: Template(target(url, fields.optional("query"))),
            headers: headers(fields.optional("headers")),
            body: isStream ? nil : body(fields, verb),
            timeout: fields.optional("timeout")?.duration(from: .milliseconds(1), to: Self.longestTimeout)
                ?? .seconds(60),
            expect: ExpectationReader(scope: scope, isStream: isStream, method: verb).read(fields.optional("expect")),
            captures: isStream ? [] : CaptureReader(scope: scope).read(fields.optional("capture")),
            retry: RetryReader.read(fields.optional("retry")),
            tags: TagsReader.templates(fields.optional("tags"), in: scope),
            group: group,
            position: position
        )
        let kind = isStream ? stream(request, fields) : poll(request, fields) ?? .request(request)
        if isStream || fields.optional("until") != nil {
            fields.optional("retry")?.error("a \(isStream ? "stream" : "poll") is not retried")
        }
        fields.finish()
        return kind
    }

    private func method(_ fields: MappingReader) -> (String, NodeReader)? {
        let given = fields.entries.filter { Self.methods.contains($0.key) }
        guard let first = given.first else {
            let near = fields.entries.map { Spelling.suggestion(for: $0.key, among: Self.methods) }.first {
                !$0.isEmpty
            }
            fields.reader.error("a request needs one of \(Self.methods.joined(separator: ", "))\(near ?? "")")
            return nil
        }
        for other in given.dropFirst() {
            fields.reader.context.add(other.keyPosition, other.value.path, "the request has `\(first.key)` already")
        }
        for entry in given { _ = fields.optional(entry.key) }
        return (first.key, first.value)
    }

    // MARK: Where it goes

    private func target(_ reader: NodeReader, _ query: NodeReader?) -> [Template.Piece] {
        guard var pieces = reader.pieces("a path: /…", encoding: .percent, in: scope) else { return [] }
        let text = reader.text ?? ""
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            reader.error("the URL has a control character in it")
        }
        switch pieces.first {
        case .bytes(let bytes):
            let start = String(decoding: bytes, as: UTF8.self)
            if start.contains(" ") { reader.error("the URL has a space in it; write %20") }
            if !start.hasPrefix("/"), !start.hasPrefix("http://"), !start.hasPrefix("https://") {
                reader.error("expected a path (/…) or a URL (http://…, https://…), found \(reader.found)")
            }
        case .expression(let expression, _):
            // A URL that was captured is used as it is.
            pieces[0] = .expression(expression, .plain)
        case nil: reader.error("expected a path: /…, found nothing")
        }
        guard let query, let fields = query.mapping("query parameters by name") else { return pieces }
        var separator = text.contains("?") ? "&" : "?"
        for entry in fields.entries {
            var bytes = Array(separator.utf8)
            Template.Encoding.appendPercentEncoded(entry.key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            pieces.append(.bytes(bytes))
            pieces += entry.value.pieces(literal: .percent, encoding: .percent, in: scope) ?? []
            separator = "&"
        }
        return pieces
    }

    private func headers(_ reader: NodeReader?) -> [HeaderTemplate] {
        guard let reader, let fields = reader.mapping("headers by name") else { return [] }
        return fields.entries.compactMap { entry in
            Name.checkHeader(entry.key, at: entry.keyPosition, path: entry.value.path, in: reader.context)
            if entry.value.text?.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" }) ?? false {
                entry.value.error("a header's value has no control characters and no line breaks")
            }
            return entry.value.pieces(in: scope).map { HeaderTemplate(name: entry.key, value: Template($0)) }
        }
    }

    // MARK: What it carries

    private func body(_ fields: MappingReader, _ method: RequestMethod) -> RequestBody? {
        let json = fields.optional("json")
        let text = fields.optional("body")
        let form = fields.optional("form")
        let given = [json, text, form].compactMap { $0 }
        if given.count > 1 { given[1].error("a request has one of json, body and form") }
        if let first = given.first, method == .get || method == .head {
            first.error("\(method.rawValue) carries no body")
        }
        if let json { return .json(JSONBodyReader(scope: scope).read(json)) }
        if let text { return text.pieces(in: scope).map { .text(Template($0)) } }
        guard let form, let parameters = form.mapping("form fields by name") else { return nil }
        var pieces: [Template.Piece] = []
        for (index, entry) in parameters.entries.enumerated() {
            var bytes = index > 0 ? Array("&".utf8) : []
            Template.Encoding.appendPercentEncoded(entry.key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            pieces.append(.bytes(bytes))
            pieces += entry.value.pieces(literal: .percent, encoding: .percent, in: scope) ?? []
        }
        return .form(Template(pieces))
    }

    // MARK: Polls and streams

    private func poll(_ request: RequestStep, _ fields: MappingReader) -> Step.Kind? {
        guard let until = fields.optional("until") else {
            for key in ["every", "within"] where fields.optional(key) != nil {
                fields.reader.context.add(
                    fields.keyPosition(key),
                    "\(fields.reader.path).\(key)",
                    "`\(key)` is for polling, and there is no `until`"
                )
            }
            return nil
        }
        let condition = until.expression(in: scope)
        let every = fields.required("every")?.duration(from: .milliseconds(1))
        let within = fields.required("within")?.duration(from: .milliseconds(1))
        guard let condition, let every, let within else { return nil }
        return .poll(PollStep(request: request, until: condition, every: every, within: within))
    }

    private func stream(_ request: RequestStep, _ fields: MappingReader) -> Step.Kind? {
        guard let duration = fields.required("for")?.duration(from: .milliseconds(1)) else { return nil }
        return .stream(StreamStep(request: request, duration: duration))
    }
}
