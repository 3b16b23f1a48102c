import Verification

/// What the terminal shows at the end, verdict first.
package struct ConsoleReport {
    private let summary: Summary
    private let colour: Bool
    private var text = ""

    /// Renders `summary`; `colour` only for a terminal.
    package static func render(_ summary: Summary, folder: String, colour: Bool) -> String {
        var report = ConsoleReport(summary: summary, colour: colour)
        report.verdict()
        report.invariants()
        report.slo()
        report.requests()
        report.waves()
        report.generator()
        report.faults()
        report.line("")
        report.line("report     \(folder)/summary.json")
        return report.text
    }

    private init(summary: Summary, colour: Bool) {
        self.summary = summary
        self.colour = colour
    }

    private mutating func line(_ content: String) { text += content + "\n" }

    private func painted(_ content: String, _ verdict: String) -> String {
        guard colour else { return content }
        let code =
            switch verdict {
            case "holds", "pass": "32"
            case "inconclusive": "33"
            default: "31"
            }
        return "\u{1B}[\(code)m\(content)\u{1B}[0m"
    }

    private mutating func verdict() {
        let words = ExitCode(rawValue: summary.exitCode)?.sentence ?? summary.verdict
        line("")
        line(painted("\(summary.verdict.uppercased())  \(words) (exit code \(summary.exitCode))", summary.verdict))
        line("           \(summary.scenario), seed \(summary.seed), \(summary.durationSeconds.seconds)")
        for note in summary.notes { line("           \(note)") }
        for reason in summary.reasons.prefix(12) { line("           · \(reason)") }
        if summary.reasons.count > 12 { line("           · and \(summary.reasons.count - 12) more: see summary.json") }
    }

    private mutating func invariants() {
        guard !summary.invariants.isEmpty || !summary.orders.isEmpty else { return }
        line("")
        line("invariants")
        for invariant in summary.invariants {
            let verdict = invariant.verdict.rawValue
            let counts = invariant.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.grouped)" }
            let agree = counts.isEmpty ? "" : "   \(counts.joined(separator: ", "))"
            line(
                "  \(invariant.id.padded(16)) \(painted(verdict.padded(13), verdict))"
                    + " \(invariant.witnesses.grouped) witnesses\(agree)"
            )
            for violation in invariant.violations.prefix(5) {
                line("      \(violation.event)/\(violation.seat): \(violation.message)")
                if !violation.users.isEmpty { line("        users: \(violation.users.joined(separator: ", "))") }
            }
            if invariant.violations.count > 5 {
                line("      and \(invariant.violations.count - 5) more: see summary.json")
            }
        }
        let judging = summary.verification
        line(
            "  judged \(judging.operations.grouped) operations in \(judging.seconds.seconds), "
                + "\(Int(judging.peakBytes >> 20).grouped) MiB at most"
        )
        if !summary.orders.isEmpty {
            let orders = summary.orders.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.grouped)" }
            line("  orders           \(orders.joined(separator: ", "))")
        }
    }

    private mutating func slo() {
        guard !summary.slo.isEmpty else { return }
        line("")
        line("slo")
        for slo in summary.slo {
            let value =
                slo.value.map { value in
                    switch slo.unit {
                    case "s": value.seconds
                    case "ratio": value.percent
                    default: value == value.rounded() ? Int(value).grouped : "\(value)"
                    }
                } ?? "no samples"
            line("  \(slo.threshold.padded(60)) \(value.padded(10, left: true))  \(painted(slo.verdict, slo.verdict))")
        }
    }

    private mutating func requests() {
        line("")
        for row in RequestTable(requests: summary.requests).lines { line(row) }
        for (name, group) in (summary.groups ?? [:]).sorted(by: { $0.key < $1.key }) {
            let times = [("p50", group.p50), ("p95", group.p95), ("max", group.max)].map { label, value in
                "\(label) \(value?.seconds ?? "-")"
            }
            line("group      \(name): \(group.count.grouped) times, \(times.joined(separator: ", "))")
        }
        line(
            "errors     \(summary.errorRate.percent) of all requests; response counts from the due moment, duration from the first byte"
        )
        streams()
    }

    private mutating func streams() {
        guard let streams = summary.streams else { return }
        let delivery = streams.delivery.p99.map { ", delivered within \($0.seconds) (p99)" } ?? ""
        line(
            "streams    \(streams.streams.grouped), \(streams.events.grouped) events\(delivery); "
                + "\(streams.reconnects.grouped) reconnects, \(streams.resumes.grouped) resumed, "
                + "\(streams.restarts.grouped) begun anew, \(streams.missed.grouped) updates missed, "
                + "\(streams.outOfOrder.grouped) out of order"
        )
        if streams.ahead > 0 {
            line(
                "           \(streams.ahead.grouped) updates came before their change: Redis' clock is at least "
                    + "\(streams.clockOffset.seconds) ahead of this machine's, and delivery times are too short"
            )
        }
    }

    private mutating func waves() {
        guard !summary.waves.isEmpty else { return }
        line("")
        let rates = summary.waves.map(\.clicksPerSecond).sorted()
        line(
            "waves      \(summary.waves.count), median \(Int(rates[rates.count / 2]).grouped) clicks/s from the release to the last reply"
        )
        line("  wave   users  answered  granted   clicks/s  last reply     spread")
        for wave in summary.waves {
            line(
                "  \("\(wave.wave)".padded(4, left: true))" + wave.users.grouped.padded(8, left: true)
                    + wave.answered.grouped.padded(10, left: true) + wave.granted.grouped.padded(9, left: true)
                    + Int(wave.clicksPerSecond).grouped.padded(11, left: true)
                    + wave.clickSeconds.seconds.padded(12, left: true)
                    + wave.releaseSpread.seconds.padded(11, left: true)
                    + (wave.complete ? "" : "  incomplete")
            )
        }
    }

    private mutating func generator() {
        let generator = summary.generator
        line("")
        line(
            "generator  \(generator.cpu.percent) CPU of \(generator.threads) thread\(generator.threads == 1 ? "" : "s"), "
                + "lateness p99 \(generator.latenessP99.seconds), \(generator.dropped.grouped) dropped"
                + (generator.saturated ? "; it was the bottleneck: \(generator.reason ?? "")" : "; not the bottleneck")
        )
        if let lost = generator.tagValuesLost {
            line(
                "           \(lost.grouped) requests with tags over the limit of different values: they have the value (other)"
            )
        }
    }

    private mutating func faults() {
        for (index, fault) in summary.faults.enumerated() {
            let details = fault.details.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
                "\($0.key) \($0.value.grouped)"
            }
            line(
                (index == 0 ? "faults     " : "           ")
                    + "\(fault.fault), \(fault.from.seconds) to \(fault.to.seconds): "
                    + "matched \(fault.matched.grouped), applied \(fault.applied.grouped)"
                    + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
                    + (fault.reverted ? ", reverted" : ", NOT proved reverted")
            )
        }
    }
}
