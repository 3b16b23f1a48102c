/// Reads `parallel:`, a list of requests, or `{ limit: 6, requests: [ … ] }`.
struct ParallelReader {
    private static let form = "a list of requests, or { limit: 6, requests: [ … ] }"

    let requests: RequestReader

    func read(_ reader: NodeReader) -> Step.Kind? {
        var limit = 6
        var list: NodeReader? = reader
        if !reader.isSequence {
            guard let fields = reader.mapping(Self.form) else { return nil }
            limit = fields.optional("limit")?.integer(1...20) ?? limit
            list = fields.required("requests")
            fields.finish()
        }
        guard let list, let elements = list.sequence(Self.form) else { return nil }
        guard (1...100).contains(elements.count) else {
            list.error("expected 1 to 100 requests, found \(elements.count)")
            return nil
        }
        return .parallel(ParallelStep(requests: elements.compactMap(request), limit: limit))
    }

    private func request(_ reader: NodeReader) -> RequestStep? {
        guard let fields = reader.mapping("a request, as in `- seats: { get: /seats }`") else { return nil }
        guard let entry = fields.entries.first, fields.entries.count == 1 else {
            reader.error("expected one request, found \(fields.entries.count) keys (indent further what belongs to it)")
            return nil
        }
        guard !StepsReader.words.contains(entry.key) else {
            reader.context.add(
                entry.keyPosition,
                entry.value.path,
                "`\(entry.key)` is no request; only requests go in parallel"
            )
            return nil
        }
        switch requests.read(entry.key, at: entry.keyPosition, entry.value) {
        case .request(let request): return request
        case .poll, .stream:
            reader.context.add(
                entry.keyPosition,
                entry.value.path,
                "polls and streams cannot go in parallel with others"
            )
            return nil
        default: return nil
        }
    }
}
