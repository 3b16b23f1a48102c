/// Reads when a fault is: `at`, `for`, `ramp`, `every`, `jitter`, `until`, `while`.
struct FaultTimingReader {
    struct Timing {
        let at: Duration
        let lasting: Duration
        let ramp: Duration
        let repetition: FaultSpec.Repetition?
    }

    private static let shortest = Duration.milliseconds(100)

    let fields: MappingReader
    let loads: [FaultsReader.LoadWindow]
    /// Whether the fault is over in an instant, so that it has no length.
    let isInstant: Bool

    /// Nil when a diagnostic says why.
    func read() -> Timing? {
        let window = fields.optional("while").flatMap(window)
        let isWhile = fields.optional("while") != nil
        let offset = (isWhile ? fields.optional("at") : fields.required("at"))?.duration()
        let at = window.map { $0.start + (offset ?? .zero) } ?? offset
        let ramp = fields.optional("ramp")
        let every = fields.optional("every")
        let jitter = fields.optional("jitter")
        let until = fields.optional("until")
        let given = fields.optional("for")
        let stop = until?.duration().map { (window?.start ?? .zero) + $0 }
        if isInstant {
            given?.error("a restart has no length: it is over once the process has been started again")
            if every == nil { until?.error("a restart has no length; `until` goes with `every`") }
        } else if given == nil, every != nil || (until == nil && !isWhile) {
            _ = fields.required("for")
        }
        if every == nil { jitter?.error("`jitter` goes with `every`: it makes the faults come early or late") }
        if given != nil, until != nil, every == nil { until?.error("`for` says already how long; leave one out") }
        guard let at else { return nil }
        if let stop, stop <= at { until?.error("is not after the beginning") }

        let lasting: Duration?
        if isInstant {
            lasting = .zero
        } else if let given {
            lasting = given.duration(from: Self.shortest)
        } else {
            lasting = (stop ?? window?.end).map { max($0 - at, Self.shortest) }
        }
        guard let lasting else { return nil }
        let growth = ramp?.duration() ?? .zero
        if growth > lasting { ramp?.error("is longer than the fault") }
        guard let every else { return Timing(at: at, lasting: lasting, ramp: growth, repetition: nil) }
        let repetition = repetition(every, jitter, stop ?? window?.end ?? loads.map(\.end).max(), at, lasting)
        return repetition.map { Timing(at: at, lasting: lasting, ramp: growth, repetition: $0) }
    }

    private func repetition(
        _ reader: NodeReader,
        _ jitterReader: NodeReader?,
        _ until: Duration?,
        _ at: Duration,
        _ lasting: Duration
    ) -> FaultSpec.Repetition? {
        guard let every = reader.duration(from: Self.shortest) else { return nil }
        let jitter = jitterReader?.duration() ?? .zero
        if every - jitter * 2 < lasting {
            reader.error("each would begin before the last one has ended: `every` less twice `jitter` is below `for`")
            return nil
        }
        guard let until else { return nil }
        let limit = FaultSpec.maximumOccurrences
        if (until - at) / every > Double(limit) {
            reader.error("the fault would come more than \(limit) times")
            return nil
        }
        return FaultSpec.Repetition(every: every, jitter: jitter, until: until)
    }

    private func window(_ reader: NodeReader) -> FaultsReader.LoadWindow? {
        guard let name = reader.string("the name of a load"), !loads.isEmpty else { return nil }
        if let window = loads.first(where: { $0.name == name }) { return window }
        let names = loads.map(\.name)
        let suggestion = Spelling.suggestion(for: name, among: names)
        let known = "; there is \(names.joined(separator: ", "))"
        reader.error("there is no load `\(name)`\(suggestion.isEmpty ? known : suggestion)")
        return nil
    }
}
