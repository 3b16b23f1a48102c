extension FaultSpec {
    /// The most times that a fault may come again.
    static let maximumOccurrences = 1_000

    /// Each time that each of `faults` comes, without ``repetition``; `seed` says by how much each is early or late.
    package static func occurrences(of faults: [FaultSpec], seed: UInt64) -> [FaultSpec] {
        var generator = SplitMix64(seed: seed)
        return faults.flatMap { $0.occurrences(using: &generator) }
    }

    private func occurrences(using generator: inout SplitMix64) -> [FaultSpec] {
        guard let repetition else { return [self] }
        var occurrences: [FaultSpec] = []
        var due = at
        while due <= repetition.until, occurrences.count < Self.maximumOccurrences {
            var start = due
            if repetition.jitter > .zero, !occurrences.isEmpty {
                start += repetition.jitter * Double.random(in: -1...1, using: &generator)
            }
            occurrences.append(
                FaultSpec(at: max(.zero, start), lasting: lasting, ramp: ramp, kind: kind, position: position)
            )
            due += repetition.every
        }
        return occurrences
    }
}
