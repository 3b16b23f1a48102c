/// Reads `expect:`, of a request, a poll or a stream.
struct ExpectationReader {
    private static let longest = Duration.seconds(3600)
    /// What a condition on a JSON path may begin with.
    private static let operators = ["==", "!=", "<=", ">=", "<", ">", "in ", "not in "]

    let scope: NameScope
    let isStream: Bool
    let method: RequestMethod

    func read(_ reader: NodeReader?) -> Expectation {
        guard let reader, let fields = reader.mapping("what to expect: { status: 200 }") else { return Expectation() }
        var checks: [ResponseCheck] = []
        let status = fields.optional("status").map(statuses)
        if status != nil { checks.append(ResponseCheck(name: "status", kind: .status)) }
        checks += headers(fields.optional("headers"))
        let json = fields.optional("json")
        let body = fields.optional("body")
        if isStream || method == .head {
            let what =
                isStream
                ? "a stream has no body to look into; `events` and `delivery` are about its events" : "HEAD has no body"
            for part in [json, body] { part?.error(what) }
        } else {
            checks += self.json(json) + texts(body)
        }
        if let limit = fields.optional("latency")?.duration(from: .microseconds(1), to: Self.longest) {
            checks.append(ResponseCheck(name: "latency", kind: .latency(limit)))
        }
        if isStream { checks += streams(fields) }
        fields.finish()
        return Expectation(status: status ?? .successful, checks: checks)
    }

    private func streams(_ fields: MappingReader) -> [ResponseCheck] {
        let events = fields.optional("events")?.integer(0...1_000_000_000)
        let delivery = fields.optional("delivery")?.duration(from: .milliseconds(1), to: Self.longest)
        return [
            events.map { ResponseCheck(name: "events", kind: .events($0)) },
            delivery.map { ResponseCheck(name: "delivery", kind: .delivery($0)) },
        ].compactMap { $0 }
    }

    // MARK: Status

    private func statuses(_ reader: NodeReader) -> StatusSet {
        let readers = reader.text == nil ? reader.sequence("a status or a list of them") ?? [] : [reader]
        if reader.isSequence, readers.isEmpty { reader.error("expected at least one status") }
        return StatusSet(readers.compactMap(RequestReader.statusRange))
    }

    // MARK: Headers

    private func headers(_ reader: NodeReader?) -> [ResponseCheck] {
        guard let reader, let fields = reader.mapping("headers by name: { Content-Type: application/json* }") else {
            return []
        }
        return fields.entries.compactMap { entry in
            Name.checkHeader(entry.key, at: entry.keyPosition, path: entry.value.path, in: reader.context)
            guard let pieces = entry.value.pieces("a value; * stands for anything", in: scope) else { return nil }
            let name = entry.key.lowercased()
            return ResponseCheck(name: "header \(name)", kind: .header(name: name, Glob(pieces)))
        }
    }

    // MARK: The body

    private func json(_ reader: NodeReader?) -> [ResponseCheck] {
        guard let reader, let fields = reader.mapping("conditions by JSON path: { $.status: CONFIRMED }") else {
            return []
        }
        return fields.entries.compactMap { entry in
            guard let path = JSONPath(entry.key) else {
                reader.context.add(
                    entry.keyPosition,
                    entry.value.path,
                    "expected a JSON path such as $.status or $.seats[0].id, found \"\(entry.key)\""
                )
                return nil
            }
            guard let condition = condition(on: entry.key, path, entry.value) else { return nil }
            return ResponseCheck(name: "json \(entry.key)", kind: .json(path, condition))
        }
    }

    /// `CONFIRMED`, `3`, `"${order}"` are what the value must equal; `> 3`, `in [A, B]`, `!= null` are conditions on it.
    private func condition(on key: String, _ path: JSONPath, _ reader: NodeReader) -> Expression? {
        let text = reader.text ?? ""
        if reader.isPlain, let value = JSONBodyReader.plain(text) {
            return Expression(
                source: "\(key) == \(value.json)",
                root: .binary(.equal, .response(path), .literal(value))
            )
        }
        guard reader.isNull || reader.text != nil else {
            reader.error("expected a value such as CONFIRMED or a condition such as \"> 3\", found \(reader.found)")
            return nil
        }
        if Self.operators.contains(where: text.hasPrefix) {
            return reader.expression(in: scope, after: "\(key) ")
        }
        guard let pieces = reader.pieces(in: scope) else { return nil }
        if pieces.count == 1, case .expression(let expression, _) = pieces[0] {
            let equals = Expression.Node.binary(.equal, .response(path), expression.root)
            return Expression(source: "\(key) == \(expression.source)", root: equals)
        }
        guard let literal = Template(pieces).literal else {
            reader.error("expected a value, \"${expression}\" alone, or a condition such as \"== 'a' + order\"")
            return nil
        }
        let value = Value.text(literal)
        return Expression(source: "\(key) == \(value.json)", root: .binary(.equal, .response(path), .literal(value)))
    }

    private func texts(_ reader: NodeReader?) -> [ResponseCheck] {
        guard let reader else { return [] }
        let readers = reader.isSequence ? reader.sequence("a text or a list of them") ?? [] : [reader]
        if reader.isSequence, readers.isEmpty { reader.error("expected at least one text") }
        return readers.compactMap { text in
            guard text.string("a text that the body has in it") != nil, let pieces = text.pieces(in: scope) else {
                return nil
            }
            return ResponseCheck(name: "body \(text.text?.prefix(40) ?? "")", kind: .body(Template(pieces)))
        }
    }
}

extension RequestReader {
    /// `201`, `2xx` or `200..299`.
    static func statusRange(_ reader: NodeReader) -> ClosedRange<Int>? {
        let text = reader.text ?? ""
        let bounds = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var range: ClosedRange<Int>?
        if let status = Int(text) {
            range = status...status
        } else if text.count == 3, text.hasSuffix("xx"), let hundreds = Int(text.prefix(1)) {
            range = (hundreds * 100)...(hundreds * 100 + 99)
        } else if bounds.count == 3, bounds[1].isEmpty, let low = Int(bounds[0]), let high = Int(bounds[2]), low <= high
        {
            range = low...high
        }
        guard let range, (100...599).contains(range.lowerBound), (100...599).contains(range.upperBound) else {
            reader.error("expected a status: 201, 2xx or 200..299, within 100 to 599, found \(reader.found)")
            return nil
        }
        return range
    }
}
