import Contract
import FaultInjection
import Foundation
import LoadEngine
import Scenario
import Statistics
import Verification

extension Summary {
    /// Puts a run into the summary's words and judges it.
    ///
    /// - Parameters:
    ///   - record: what the run came to.
    ///   - problems: what else keeps the run from proving anything, such as a server that ended unasked.
    ///   - breaches: what else did not hold, such as a purchase after the faults.
    package init(_ record: RunRecord, problems: [String] = [], breaches: [String] = []) {
        let waves = record.load.waves.map { Wave($0, granted: record.granted(wave: $0.wave)) }
        let slo = zip(record.scenario.slo, record.thresholds).map { SLO($1, of: $0) }
        let faults = record.faults.map { Fault($0) }
        let generator = Generator(record.load, threads: record.threads)
        let isBare = record.scenario.isWithoutData
        let judgement = Judgement(
            invariants: record.invariants,
            slo: slo,
            waves: waves,
            faults: faults,
            generator: generator,
            interrupted: record.interrupted,
            problems: isBare && slo.isEmpty ? problems + ["nothing was asked: no store, no event, no slo"] : problems,
            breaches: breaches
        )
        let metrics = record.load.metrics
        let requests = metrics.values(of: "request", in: .httpReqs).map { name in
            (name, Request(name, record.load))
        }
        let commands = metrics.values(of: "request", in: .redisReqs).map { name in
            (name, Request(command: name, metrics))
        }
        var orders: [String: Int] = [:]
        for order in (record.evidence.mysql.content?.orders ?? [:]).values {
            orders[order.status.rawValue, default: 0] += 1
        }
        self.init(
            scenario: record.scenario.name,
            seed: record.seed,
            started: Date(timeIntervalSince1970: Double(record.load.startedWallNs) / 1e9).ISO8601Format(),
            durationSeconds: record.load.durationSeconds,
            verdict: judgement.exitCode.verdict,
            exitCode: judgement.exitCode.rawValue,
            reasons: judgement.findings.map(\.sentence),
            notes: isBare ? [Self.bareNote] : [],
            invariants: record.invariants,
            verification: Verification(
                operations: record.evidence.operations,
                seconds: record.judgingSeconds,
                peakBytes: record.peakBytes
            ),
            oversell: Oversell.count(record.evidence),
            slo: slo,
            errorRate: metrics.rate(.httpReqFailed)?.share ?? 0,
            requests: Dictionary(uniqueKeysWithValues: requests + commands),
            groups: Self.groups(of: metrics),
            tags: record.scenario.tags.isEmpty ? nil : record.scenario.tags,
            waves: waves,
            streams: Streams(record.load),
            orders: orders,
            generator: generator,
            faults: faults,
            environment: record.environment
        )
    }
}

extension Summary {
    private static let bareNote =
        "judged by its slo alone: the environment names no store and the scenario makes no event, so no invariant was asked"

    private static func groups(of metrics: MetricTable) -> [String: Group]? {
        let groups = metrics.values(of: "group", in: .groupDuration).compactMap { name in
            metrics.trend(.groupDuration, where: ["group": name]).map { (name, Group($0)) }
        }
        return groups.isEmpty ? nil : Dictionary(uniqueKeysWithValues: groups)
    }
}

extension Summary.Group {
    fileprivate init(_ trend: Trend) {
        let times = Summary.Quantiles(trend)
        self.init(count: trend.count, p50: times.p50, p95: times.p95, max: times.max)
    }
}

extension RunRecord {
    /// Holds granted in the events that a wave clicks at: by convention the copies with the wave's number, or the only copy.
    func granted(wave: Int) -> Int {
        let grants = evidence.clients.content?.grantsByEvent ?? [:]
        return events.filter { $0.copy == wave }.reduce(0) { $0 + grants[$1.id, default: 0] }
    }
}

extension Summary.SLO {
    init(_ result: ThresholdResult, of threshold: Threshold) {
        let unit = threshold.metric.kind == .rate ? "ratio" : result.unit.isEmpty ? "count" : result.unit
        self.init(threshold: result.threshold, value: result.value, unit: unit, verdict: result.verdict.rawValue)
    }
}

extension Summary.Wave {
    init(_ wave: WaveResult, granted: Int) {
        self.init(
            load: wave.load,
            wave: wave.wave,
            users: wave.users,
            answered: wave.completed,
            granted: granted,
            releaseSpread: wave.spreadSeconds,
            clickSeconds: wave.clickSeconds,
            clicksPerSecond: wave.clickSeconds > 0 ? Double(wave.completed) / wave.clickSeconds : 0,
            lateness: wave.latenessSeconds,
            complete: wave.completedAll
        )
    }
}

extension Summary.Generator {
    init(_ load: LoadResult, threads: Int) {
        self.init(
            cpu: load.generator.busiestThread,
            threads: threads,
            latenessP99: load.generator.latenessP99,
            dropped: load.generator.dropped,
            tagValuesLost: load.generator.tagValuesLost > 0 ? load.generator.tagValuesLost : nil,
            releaseSpread: load.generator.releaseSpreads,
            saturated: load.generator.saturated != nil,
            reason: load.generator.saturated
        )
    }
}

extension Summary.Fault {
    init(_ report: FaultReport) {
        self.init(
            fault: report.description,
            from: report.fromSeconds,
            to: report.toSeconds,
            matched: report.matched,
            applied: report.applied,
            details: report.details,
            reverted: report.reverted,
            error: report.error
        )
    }
}
