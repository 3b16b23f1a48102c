/// Reads `chaos:` and `steady-state:`.
enum ChaosReader {
    /// `end` is when the load is over at the latest, nil when that is not known.
    static func read(_ reader: NodeReader, end: Duration?) -> ChaosSpec? {
        guard let fields = reader.mapping("{ seed: 7, intensity: medium, palette: [redis, processes] }") else {
            return nil
        }
        let seed = fields.optional("seed")?.integer(0...Int.max).map { UInt64($0) }
        let intensity = fields.optional("intensity").map {
            $0.choice(ChaosSpec.Intensity.self, "an intensity: low, medium or high")
        }
        let palette = fields.optional("palette").map(palette) ?? []
        fields.finish()
        guard let intensity = intensity ?? .medium, let end else { return nil }
        return ChaosSpec(seed: seed, intensity: intensity, palette: palette, length: end)
    }

    private static func palette(_ reader: NodeReader) -> [String] {
        let groups = ChaosTable.groups
        let entries = reader.sequence("what may break: [\(groups.joined(separator: ", "))]") ?? []
        return entries.compactMap { entry in
            guard let name = entry.string("one of \(groups.joined(separator: ", "))") else { return nil }
            if !groups.contains(name) {
                let suggestion = Spelling.suggestion(for: name, among: groups)
                let known = ": use \(groups.joined(separator: ", "))"
                entry.error("there are no faults `\(name)`\(suggestion.isEmpty ? known : suggestion)")
            }
            return name
        }
    }

    static func steadyState(_ reader: NodeReader) -> SteadyStateSpec? {
        guard let fields = reader.mapping("{ within: 5s, every: 5s }") else { return nil }
        let within = fields.optional("within").map { $0.duration(from: .milliseconds(100), to: .seconds(60)) }
        let every = fields.optional("every").map { $0.duration(from: .seconds(1), to: .seconds(600)) }
        fields.finish()
        guard let within = within ?? .seconds(10), let every = every ?? .seconds(5) else { return nil }
        return SteadyStateSpec(within: within, every: every)
    }
}
