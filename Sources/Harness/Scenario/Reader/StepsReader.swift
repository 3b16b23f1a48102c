import Yams

/// Reads the steps of a flow.
struct StepsReader {
    /// Steps that are not requests.
    static let words = ["think", "stop", "set", "if", "repeat", "group", "parallel", "rendezvous"]

    let scope: NameScope
    let requests: RequestReader

    func read(_ reader: NodeReader?) -> [Step] {
        guard let reader, let steps = reader.sequence("a list of steps") else { return [] }
        if steps.isEmpty { reader.error("expected at least one step") }
        return steps.compactMap(step)
    }

    private func step(_ reader: NodeReader) -> Step? {
        guard let fields = reader.mapping("a step, as in `- think: 1s`") else { return nil }
        if let condition = fields.optional("if") { return branch(condition, fields) }
        guard let entry = fields.entries.first else {
            reader.error("expected a step, found an empty mapping")
            return nil
        }
        for other in fields.entries.dropFirst() {
            reader.context.add(
                other.keyPosition,
                reader.path,
                "a step has one key; `\(entry.key)` is this one's (indent further what belongs to it)"
            )
        }
        let kind: Step.Kind? =
            switch entry.key {
            case "think": entry.value.distribution().map { .think($0) }
            case "stop": stop(entry.value)
            case "set": .set(AssignmentsReader(scope: scope).read(entry.value))
            case "repeat": loop(entry.value)
            case "group": group(entry.value)
            case "parallel": ParallelReader(requests: requests).read(entry.value)
            case "rendezvous": RendezvousReader.read(entry.value, into: requests.registry.rendezvous)
            case "retry": refuse("retry belongs to a request: { post: /…, retry: { times: 3 } }", entry)
            case "redis": refuse("a command has a name: - stock: { redis: [GET, key] }", entry)
            case let name: request(name, entry.keyPosition, entry.value)
            }
        return kind.map { Step(kind: $0, position: entry.keyPosition) }
    }

    private func refuse(
        _ advice: String,
        _ entry: (key: String, keyPosition: SourcePosition, value: NodeReader)
    ) -> Step.Kind? {
        entry.value.context.add(entry.keyPosition, entry.value.path, advice)
        return nil
    }

    private func request(_ name: String, _ position: SourcePosition, _ reader: NodeReader) -> Step.Kind? {
        if reader.node.mapping?["redis"] != nil {
            return RedisReader(requests: requests).read(name, at: position, reader)
        }
        if reader.isMapping {
            return requests.read(name, at: position, reader)
        }
        let suggestion = Spelling.suggestion(for: name, among: Self.words)
        reader.context.add(
            position,
            reader.path,
            suggestion.isEmpty
                ? "expected a request (\(name): { get: /… }) or one of \(Self.words.joined(separator: ", ")),"
                    + " found \(reader.found)"
                : "unknown step `\(name)`\(suggestion)"
        )
        return nil
    }

    private func stop(_ reader: NodeReader) -> Step.Kind? {
        if reader.isNull { return .stop(when: Expression(.boolean(true))) }
        guard let fields = reader.mapping("{ if: CONDITION } or { unless: CONDITION }") else { return nil }
        let whenTrue = fields.optional("if")
        let whenFalse = fields.optional("unless")
        if whenTrue == nil, whenFalse == nil || fields.entries.isEmpty { reader.error("expected `if` or `unless`") }
        if whenTrue != nil, let whenFalse { whenFalse.error("a stop has `if` or `unless`, not both") }
        fields.finish()
        if let condition = whenTrue?.expression(in: scope) { return .stop(when: condition) }
        guard let condition = whenFalse?.expression(in: scope) else { return nil }
        return .stop(when: Expression(source: "not (\(condition.source))", root: .not(condition.root)))
    }

    private func branch(_ condition: NodeReader, _ fields: MappingReader) -> Step? {
        let test = condition.expression(in: scope)
        let then = read(fields.required("then"))
        let otherwise = fields.optional("else").map(read) ?? []
        fields.finish()
        guard let test else { return nil }
        return Step(
            kind: .branch(condition: test, then: then, otherwise: otherwise),
            position: fields.keyPosition("if")
        )
    }

    private func loop(_ reader: NodeReader) -> Step.Kind? {
        guard let fields = reader.mapping("{ times: 3, steps: […] }") else { return nil }
        let index = fields.optional("as")?.string("a variable that holds which time it is").flatMap(
            scope.slotForWriting
        )
        let times = fields.required("times")?.expression(in: scope)
        let slot = scope.addHidden("repeat")
        let steps = read(fields.required("steps"))
        fields.finish()
        if let count = times?.constant, (count.integer ?? -1) < 0 || (count.integer ?? 0) > Instruction.maximumRepeats {
            fields.optional("times")?.error("must be a whole number from 0 to \(Instruction.maximumRepeats)")
        }
        return times.map { .loop(times: $0, counterSlot: slot, indexSlot: index, steps: steps) }
    }

    private func group(_ reader: NodeReader) -> Step.Kind? {
        guard let fields = reader.mapping("{ name: page, steps: […] }") else { return nil }
        let given = fields.required("name")
        let name = given?.string("the group's name") ?? ""
        if name.contains("::") || name.count > 64 || name.contains(where: { "{},".contains($0) || $0.isNewline }) {
            given?.error("a group's name has at most 64 characters, and no :: { } , and line breaks")
        }
        var inner = requests
        inner.group = "\(requests.group)::\(name)"
        let slot = scope.addHidden("group")
        let steps = StepsReader(scope: scope, requests: inner).read(fields.required("steps"))
        fields.finish()
        return .group(name: inner.group, startSlot: slot, steps: steps)
    }
}
