import Verification

/// All findings of a run, each with the exit code that it would lead to, and the one that counts.
package struct Judgement: Sendable, Equatable {
    /// A reason not to pass.
    package struct Finding: Sendable, Equatable {
        package var code: ExitCode
        package var sentence: String
    }

    /// The gravest first.
    package let findings: [Finding]

    /// The code of the gravest finding.
    package var exitCode: ExitCode { ExitCode.worst(of: findings.map(\.code)) }

    /// Judges what a run came to.
    ///
    /// - Parameters:
    ///   - invariants: their results.
    ///   - slo: the thresholds' results.
    ///   - waves: the storms' waves.
    ///   - faults: what the timeline did.
    ///   - generator: what the generator says of itself.
    ///   - interrupted: what ended the run early, if anything did.
    ///   - problems: what else keeps the run from proving anything.
    ///   - breaches: what else did not hold, besides thresholds.
    package init(
        invariants: [InvariantResult],
        slo: [Summary.SLO],
        waves: [Summary.Wave],
        faults: [Summary.Fault],
        generator: Summary.Generator,
        interrupted: String?,
        problems: [String] = [],
        breaches: [String] = []
    ) {
        var findings: [Finding] = []
        func find(_ code: ExitCode, _ sentence: String) { findings.append(Finding(code: code, sentence: sentence)) }

        for invariant in invariants {
            switch invariant.verdict {
            case .holds: break
            case .violated: find(.violated, "\(invariant.id): \(invariant.violations.count) violations")
            case .inconclusive: for reason in invariant.reasons { find(.inconclusive, "\(invariant.id): \(reason)") }
            }
        }
        if let interrupted { find(.interrupted, interrupted) }
        for slo in slo where slo.verdict == "breached" { find(.breached, "\(slo.threshold) does not hold") }
        for breach in breaches { find(.breached, breach) }
        for slo in slo where slo.verdict == "inconclusive" {
            find(
                .inconclusive,
                "\(slo.threshold): " + (slo.value == nil ? "no samples" : "the generator was the bottleneck")
            )
        }
        for wave in waves where !wave.complete {
            find(
                .inconclusive,
                "wave \(wave.wave) of \(wave.load) did not complete: \(wave.answered) of \(wave.users) answered"
            )
        }
        for fault in faults {
            let span = "\(fault.fault) from \(fault.from.seconds) to \(fault.to.seconds)"
            if let error = fault.error { find(.inconclusive, "\(span): \(error)") }
            if fault.error == nil && fault.matched == 0 { find(.inconclusive, "\(span) matched nothing") }
            if !fault.reverted { find(.inconclusive, "\(span) was not proved to be reverted") }
        }
        for problem in problems { find(.inconclusive, problem) }
        if generator.saturated {
            find(.inconclusive, "the generator was the bottleneck: \(generator.reason ?? "reason unknown")")
        }
        let rank = Dictionary(uniqueKeysWithValues: ExitCode.precedence.enumerated().map { ($1, $0) })
        // One reason often makes several invariants inconclusive: it is said once.
        var said: Set<String> = []
        self.findings = findings.enumerated()
            .sorted { (rank[$0.element.code, default: 0], $0.offset) < (rank[$1.element.code, default: 0], $1.offset) }
            .map(\.element)
            .filter { finding in
                guard finding.code == .inconclusive else { return true }
                let reason = finding.sentence.split(separator: ": ", maxSplits: 1).last.map(String.init)
                return said.insert(reason ?? finding.sentence).inserted
            }
    }
}
