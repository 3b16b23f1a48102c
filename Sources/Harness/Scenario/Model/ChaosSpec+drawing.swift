import Foundation

extension ChaosSpec {
    /// Nothing is broken in the first seconds, so that there is something to compare with.
    private static let calm = Duration.seconds(5)
    /// Nor in the last, so that what was broken is seen to recover.
    private static let rest = Duration.seconds(12)
    private static let lengths = 1.5...4.0
    /// What was broken is left alone for so long, while it recovers.
    private static let recovery = 4.0

    /// A fault that was drawn, for as long as its parts cannot be drawn again.
    private struct Drawn {
        let end: Double
        let row: ChaosTable.Row
    }

    /// Draws a schedule: the text of a `faults:` section, which is read like any other.
    ///
    /// The run's seed counts where the scenario gives `chaos:` none of its own.
    package func draw(runSeed: UInt64) -> String {
        var random = SplitMix64(seed: seed ?? runSeed)
        let end = (length - Self.rest) / .seconds(1)
        var lines: [String] = []
        var active: [Drawn] = []
        var now = Self.calm / .seconds(1)
        while now < end {
            active.removeAll { $0.end + Self.recovery <= now }
            if active.count < intensity.most, let row = row(beside: active, &random) {
                let length = Double.random(in: Self.lengths, using: &random)
                lines.append("  - { at: \(Self.seconds(now)), for: \(Self.seconds(length)), \(row.entry(&random)) }")
                active.append(Drawn(end: now + length, row: row))
            }
            now += intensity.pause / .seconds(1) * Double.random(in: 0.5...1.5, using: &random)
        }
        return lines.isEmpty ? "faults: []\n" : "faults:\n" + lines.joined(separator: "\n") + "\n"
    }

    /// One row, by the weights; what is impossible beside the faults in force weighs nothing.
    private func row(beside active: [Drawn], _ random: inout SplitMix64) -> ChaosTable.Row? {
        let weighed = ChaosTable.rows.map { row -> Int in
            guard palette.isEmpty || palette.contains(row.group) else { return 0 }
            let isPossible = active.allSatisfy { other in
                row.breaks.isDisjoint(with: other.row.breaks.union(other.row.uses))
                    && row.uses.isDisjoint(with: other.row.breaks)
            }
            return isPossible ? row.weight : 0
        }
        let sum = weighed.reduce(0, +)
        guard sum > 0 else { return nil }
        var left = Int.random(in: 0..<sum, using: &random)
        for (row, weight) in zip(ChaosTable.rows, weighed) {
            left -= weight
            if left < 0 { return row }
        }
        return nil
    }

    private static func seconds(_ value: Double) -> String { String(format: "%.1fs", value) }
}
