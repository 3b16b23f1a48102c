/// Reads `slo:`.
struct ThresholdsReader {
    let requestNames: [String]
    let loadNames: [String]
    let ownTags: OwnTags

    func read(_ reader: NodeReader?) -> [Threshold] {
        guard let reader, let entries = reader.sequence("a list of thresholds") else { return [] }
        return entries.compactMap(threshold)
    }

    /// A scalar (`oversell == 0`), a pair (YAML takes `metric: condition` for one), or `{ that: …, over: …, abort: …
    /// }`.
    private func threshold(_ reader: NodeReader) -> Threshold? {
        if reader.text != nil { return whole(reader, Terms()) }
        guard let fields = reader.mapping("a threshold, as in `http_req_failed: rate < 0.5%`") else { return nil }
        if let that = fields.optional("that") {
            let over = fields.optional("over")
            let window = over?.duration(from: .seconds(1), to: .seconds(3600))
            let abortField = fields.optional("abort")
            let abort = abortField?.boolean() ?? false
            let delay = fields.optional("delayAbortEval")
            if !abort, let delay { delay.error("delayAbortEval is for a threshold with `abort: true`") }
            let grace = delay?.duration() ?? .zero
            fields.finish()
            let threshold = whole(that, Terms(over: window, abort: abort, delayAbortEval: grace))
            if let threshold, let over { checkWindow(threshold, over) }
            if abort, let threshold, [.oversell, .violations].contains(threshold.metric) {
                abortField?.error("\(threshold.metric.rawValue) is known after the run only")
            }
            return threshold
        }
        guard let pair = fields.entries.first, fields.entries.count == 1 else {
            reader.error("expected one threshold, or { that: THRESHOLD, over: 10s, abort: true }")
            return nil
        }
        guard let condition = pair.value.text else {
            pair.value.error("expected a condition such as p(95) < 300ms, found \(pair.value.found)")
            return nil
        }
        return compile(
            Half(text: pair.key, position: { pair.keyPosition.advanced(by: $0) }),
            Half(text: condition, position: pair.value.position(of:)),
            Terms(),
            reader
        )
    }

    /// What a threshold says beside its condition.
    private struct Terms {
        var over: Duration?
        var abort = false
        var delayAbortEval = Duration.zero
    }

    private func whole(_ reader: NodeReader, _ terms: Terms) -> Threshold? {
        guard let text = reader.string("a threshold, as in `http_req_failed: rate < 0.5%`") else { return nil }
        let scalars = Array(text.unicodeScalars)
        let closing = scalars.firstIndex(of: "}") ?? 0
        if let colon = scalars[closing...].firstIndex(of: ":") {
            return compile(
                Half(text: String(scalars[..<colon]), position: reader.position(of:)),
                Half(text: String(scalars[(colon + 1)...]), position: { reader.position(of: colon + 1 + $0) }),
                terms,
                reader
            )
        }
        // The shorthand for a metric that is one value: `oversell == 0`.
        let nameEnd = max(closing, scalars.firstIndex { "<>=! ".unicodeScalars.contains($0) } ?? scalars.count)
        return compile(
            Half(text: String(scalars[..<nameEnd]), position: reader.position(of:)),
            Half(text: String(scalars[nameEnd...]), position: { reader.position(of: nameEnd + $0) }),
            terms,
            reader,
            shorthand: true
        )
    }

    /// The metric, or the condition, and where its characters stand.
    private struct Half {
        let text: String
        let position: (Int) -> SourcePosition
    }

    private func compile(
        _ subject: Half,
        _ condition: Half,
        _ terms: Terms,
        _ reader: NodeReader,
        shorthand: Bool = false
    ) -> Threshold? {
        do {
            let parsed = try ThresholdParser.subject(
                subject.text,
                requests: requestNames,
                loads: loadNames,
                own: ownTags
            )
            do {
                let judged = try ThresholdParser.condition(condition.text, of: parsed.metric, shorthand: shorthand)
                return Threshold(
                    source: parsed.source + (shorthand ? " " : ": ") + judged.source,
                    metric: parsed.metric,
                    tags: parsed.tags,
                    aggregate: judged.aggregate,
                    comparison: judged.comparison,
                    limit: judged.limit,
                    over: terms.over,
                    abort: terms.abort,
                    delayAbortEval: terms.delayAbortEval,
                    position: reader.position
                )
            } catch {
                reader.context.add(condition.position(error.offset), reader.path, error.message)
            }
        } catch {
            reader.context.add(subject.position(error.offset), reader.path, error.message)
        }
        return nil
    }

    /// A sliding window is over what is measured while the run goes on.
    private func checkWindow(_ threshold: Threshold, _ reader: NodeReader) {
        guard [.oversell, .violations, .stormReleaseSpread].contains(threshold.metric) else { return }
        reader.error("\(threshold.metric.rawValue) is known after the run only, and has no window")
    }
}
