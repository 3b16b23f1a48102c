import Yams

/// Reads the whole document: all sections, and what must hold between them.
struct DocumentReader {
    let context: ReadingContext
    let environment: [String: String]
    let overrides: Overrides

    /// Nil when the document could not even be read as a mapping; whether anything is wrong, the context knows.
    func read(_ root: NodeReader) -> Scenario? {
        guard let fields = root.mapping("a scenario: name, flows, load, …") else { return nil }
        let name = fields.required("name")?.string("the scenario's name") ?? ""
        let description = fields.optional("description")?.string("a text") ?? ""
        let seed = fields.optional("seed")?.integer(0...Int.max).map { UInt64($0) }
        let target = EnvironmentReader(environment: environment).read(fields.optional("environment"))
        let events = EventsReader.read(fields.optional("events"))
        let transport = fields.optional("transport").flatMap(transport) ?? .auto
        let data = DataReader(context: context).read(fields.optional("data"), events: events)
        let tags = TagsReader.constants(fields.optional("tags"))

        let drafts = loads(fields.required("load"))
        let registry = RequestRegistry()
        let compiled = flows(fields.required("flows"), drafts, events, data, registry)
        let load = finish(drafts, compiled)
        let isWhole = load.count == drafts.count && !load.isEmpty && context.errors == nil
        if isWhole { RendezvousReader.check(registry.rendezvous.all, compiled.map(\.flow), load, context) }
        if let use = registry.redisUse, let target, target.redis == nil {
            context.add(use.position, use.path, "this scenario's environment names no `redis` to send it to")
        }
        let windows = isWhole ? loadWindows(load) : []
        let faultsReader = fields.optional("faults")
        let chaosReader = fields.optional("chaos")
        let steadyReader = fields.optional("steady-state")
        let reading = FaultsReader(loads: windows, commands: target?.commands)
        let faults = overrides.withoutFaults ? [] : reading.read(faultsReader)
        let chaos =
            overrides.withoutFaults ? nil : chaosReader.flatMap { ChaosReader.read($0, end: windows.map(\.end).max()) }
        let own = OwnTags(
            scenario: tags,
            loads: drafts.map(\.tags),
            flows: compiled.map(\.flow),
            rendezvous: registry.rendezvous.all
        )
        let slo = ThresholdsReader(requestNames: registry.names, loadNames: drafts.map(\.name), ownTags: own)
            .read(fields.optional("slo"))
        fields.finish()
        return Scenario(
            name: name,
            description: description,
            environment: target,
            transport: transport,
            seed: overrides.seed ?? seed,
            events: events,
            data: isWhole ? DataReader(context: context).assign(data, to: load) : data,
            rendezvous: registry.rendezvous.all,
            tags: tags,
            flows: compiled.map(\.flow),
            load: load,
            faults: faults,
            chaos: chaos,
            steadyState: steadyReader.flatMap(ChaosReader.steadyState),
            slo: slo,
            requestNames: registry.names
        )
    }

    private func loadWindows(_ load: [LoadSpec]) -> [FaultsReader.LoadWindow] {
        load.indices.map { index in
            let start = Scenario.latestStart(of: index, in: load)
            let executor = load[index].executor
            return FaultsReader.LoadWindow(
                name: load[index].name,
                start: start,
                end: start + executor.duration,
                latest: start + executor.duration + executor.gracefulStop
            )
        }
    }

    private func transport(_ reader: NodeReader) -> TransportChoice? {
        let names = ["auto", "curl", "native"]
        let name = reader.string("a transport: \(names.joined(separator: ", "))")
        let choice = name.flatMap(TransportChoice.init)
        if let name, choice == nil {
            let suggestion = Spelling.suggestion(for: name, among: names)
            let known = ": use \(names.joined(separator: ", "))"
            reader.error("unknown transport `\(name)`\(suggestion.isEmpty ? known : suggestion)")
        }
        return choice
    }

    // MARK: Loads

    private func loads(_ reader: NodeReader?) -> [LoadReader.Draft] {
        guard let reader, let mapping = reader.mapping("loads by name") else { return [] }
        if mapping.entries.isEmpty { reader.error("expected at least one load") }
        let loadReader = LoadReader(overrides: overrides)
        return mapping.entries.compactMap { loadReader.read($0.key, at: $0.keyPosition, $0.value) }
    }

    // MARK: Flows

    /// A compiled flow, with what its expressions and those of its loads' `set` used.
    private struct CompiledFlow {
        let flow: Flow
        let scope: NameScope
        /// Slots that the flow's own captures and `set` steps define.
        let own: Set<Int>
    }

    private func flows(
        _ reader: NodeReader?,
        _ drafts: [LoadReader.Draft],
        _ events: [EventTemplate],
        _ data: [DataFeeder],
        _ registry: RequestRegistry
    ) -> [CompiledFlow] {
        guard let reader, let mapping = reader.mapping("flows by name") else { return [] }
        let collector = VariableCollector(events: events, data: data)
        let names = mapping.entries.map(\.key)
        return mapping.entries.map { entry in
            Name.check(entry.key, "a flow", at: entry.keyPosition, path: entry.value.path, in: context)
            let own = collector.variables(ofSteps: entry.value)
            // A load that names no flow that there is may have meant this one.
            let loads = drafts.filter { $0.flowName == entry.key || !names.contains($0.flowName ?? "") }
            let given = loads.flatMap { collector.variables(ofMapping: $0.set) }
            let scope = NameScope(events: events, data: data, slots: collector.unique(own + given))
            let requests = RequestReader(scope: scope, registry: registry, flow: entry.key)
            let steps = StepsReader(scope: scope, requests: requests).read(entry.value)
            return CompiledFlow(
                flow: Flow(name: entry.key, steps: steps, slotNames: scope.slots, position: entry.keyPosition),
                scope: scope,
                own: Set(own.indices)
            )
        }
    }

    // MARK: Loads and flows together

    private func finish(_ drafts: [LoadReader.Draft], _ flows: [CompiledFlow]) -> [LoadSpec] {
        let othersEnd = drafts.compactMap(\.end).max()
        return drafts.compactMap { draft in
            let executor = draft.executor(othersEnd: othersEnd)
            guard let flowName = draft.flowName else { return nil }
            guard let index = flows.firstIndex(where: { $0.flow.name == flowName }) else {
                let names = flows.map(\.flow.name)
                let suggestion = Spelling.suggestion(for: flowName, among: names)
                let known = names.isEmpty ? "" : "; there is \(names.joined(separator: ", "))"
                draft.flowReader?.error("there is no flow `\(flowName)`\(suggestion.isEmpty ? known : suggestion)")
                return nil
            }
            let flow = flows[index]
            let scope = NameScope(events: flow.scope.events, data: flow.scope.data, slots: flow.scope.slots)
            let set = draft.set.map { AssignmentsReader(scope: scope).read($0) } ?? []
            checkVariables(draft, flow, set)
            guard let executor else { return nil }
            checkWaves(draft, executor, [flow.scope, scope])
            return LoadSpec(
                name: draft.name,
                flow: index,
                executor: executor,
                startTime: draft.startTime,
                after: after(draft, drafts),
                set: set,
                tags: draft.tags,
                feeders: Set(flow.scope.dataUses.keys).union(scope.dataUses.keys).sorted(),
                position: draft.position
            )
        }
    }

    /// The place of the load whose end this one waits for.
    private func after(_ draft: LoadReader.Draft, _ drafts: [LoadReader.Draft]) -> Int? {
        guard let reader = draft.after, let name = reader.string("the name of a load") else { return nil }
        guard let index = drafts.firstIndex(where: { $0.name == name }) else {
            let names = drafts.map(\.name)
            let suggestion = Spelling.suggestion(for: name, among: names)
            let known = "; there is \(names.joined(separator: ", "))"
            reader.error("there is no load `\(name)`\(suggestion.isEmpty ? known : suggestion)")
            return nil
        }
        var seen: Set<String> = [draft.name]
        var next: LoadReader.Draft? = drafts[index]
        while let load = next {
            guard seen.insert(load.name).inserted else {
                reader.error("load \(draft.name) would wait for itself")
                return nil
            }
            next = load.after?.text.flatMap { name in drafts.first { $0.name == name } }
        }
        return index
    }

    private func checkVariables(_ draft: LoadReader.Draft, _ flow: CompiledFlow, _ set: [Assignment]) {
        let given = flow.own.union(Self.keys(draft.set).compactMap(flow.flow.slot(named:)))
        for slot in flow.scope.reads.keys.sorted() where !given.contains(slot) {
            guard let use = flow.scope.reads[slot] else { continue }
            draft.reader.context.add(
                draft.position,
                draft.reader.path,
                "flow \(flow.flow.name) reads `\(flow.flow.slotNames[slot])` (line \(use.position.line)),"
                    + " which this load does not set"
            )
        }
    }

    private static func keys(_ reader: NodeReader?) -> [String] {
        guard let reader, case .mapping(let entries) = reader.node else { return [] }
        return entries.rejoined.compactMap(\.key.string)
    }

    private func checkWaves(_ draft: LoadReader.Draft, _ executor: Executor, _ scopes: [NameScope]) {
        for scope in scopes {
            guard case .storm(let storm) = executor else {
                guard let use = scope.waveUse else { continue }
                context.add(
                    use.position,
                    use.path,
                    "`wave` is for storms, and load \(draft.name) runs this with \(executor.name)"
                )
                continue
            }
            for (index, _) in scope.eventsByWave.sorted(by: { $0.key < $1.key }) {
                let event = scope.events[index]
                guard event.copies < storm.waves else { continue }
                context.add(
                    draft.wavesPosition,
                    draft.reader.path,
                    "\(storm.waves) waves need \(storm.waves) copies of event \(event.name), one a wave;"
                        + " it has \(event.copies) (line \(event.position.line))"
                )
            }
        }
    }
}
