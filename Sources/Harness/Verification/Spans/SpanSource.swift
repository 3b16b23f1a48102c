import Contract

/// Where the spans of a run are, and who knows which of them were lost.
package struct SpanSource: Sendable {
    /// How long nothing more must have come before what is missing counts as missing; services export each second.
    private static let patience = Duration.seconds(3)

    /// Path of `spans.jsonl`.
    package var path: String
    /// What is asked when all that will come has come: ``SpanEvidence/ended`` and ``SpanEvidence/losses``.
    package typealias Losses = @Sendable () async -> (ended: Set<String>, dropped: [String])
    package var losses: Losses

    package init(path: String, losses: @escaping Losses) {
        self.path = path
        self.losses = losses
    }

    /// Reads the spans once the traces of `orders` are whole, or no more come.
    ///
    /// - Throws: `EvidenceError` when the file cannot be read, or names the line that is no OTLP.
    func read(of orders: [MySQLEvidence.Order]) async throws -> SpanEvidence {
        var file = SpanFile(path: path)
        var pending = orders.filter { $0.status == .confirmed }
        var lastGrowth = ContinuousClock.now
        while true {
            if try file.readOn() { lastGrowth = .now }
            pending.removeAll { OrderTrace($0.trace, in: file.spans).missing.isEmpty }
            guard !pending.isEmpty, ContinuousClock.now < lastGrowth + Self.patience else { break }
            // Exporters announce nothing: the file is looked at until it is whole.
            try await Task.sleep(for: .milliseconds(100))
        }
        var spans = file.spans
        (spans.ended, spans.losses) = await losses()
        return spans
    }
}
