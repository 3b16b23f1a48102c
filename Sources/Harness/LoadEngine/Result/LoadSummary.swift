import Glibc
import Scenario
import Statistics

/// Puts the threads' results together, and judges the generator.
enum LoadSummary {
    /// A wave released later than this after it was due counts as late, in seconds.
    private static let latenessLimit = 0.010
    /// Seconds of spread that a release of 1,000 users may take.
    private static let spreadLimit = 0.050

    static func result(of parts: [ThreadResult], _ shared: RunState, stopReason: String?) -> LoadResult {
        var table = MetricTable()
        for part in parts { table.merge(part.table) }
        let waves = waves(of: parts)
        for wave in waves where wave.released > 0 {
            guard let load = shared.scenario.load.firstIndex(where: { $0.name == wave.load }) else { continue }
            let series = table.trend(.stormReleaseSpread, Tags(shared.tags(ofLoad: load)))
            table.record(series, microseconds: UInt64(wave.spreadSeconds * 1e6))
        }
        return LoadResult(
            metrics: table,
            waves: waves,
            generator: generator(parts, table, waves, shared.scenario),
            streams: parts.reduce(into: StreamReport()) { $0.merge($1.streams) },
            failures: FailureLog.merged(parts.map(\.failures)),
            startedWallNs: shared.startedWallAt,
            startedNs: shared.startedAt,
            durationSeconds: table.durationSeconds,
            interrupted: stopReason != nil,
            stopReason: stopReason,
            historyPath: shared.history?.path
        )
    }

    private static func waves(of parts: [ThreadResult]) -> [WaveResult] {
        var merged = parts.first?.waves ?? []
        for part in parts.dropFirst() {
            for (load, waves) in part.waves.enumerated() {
                for index in waves.results.indices { merged[load].results[index].merge(waves.results[index]) }
            }
        }
        return merged.flatMap(\.results)
    }

    private static func generator(
        _ parts: [ThreadResult],
        _ table: MetricTable,
        _ waves: [WaveResult],
        _ scenario: Scenario
    ) -> GeneratorReport {
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let duration = table.durationSeconds
        let cpu = parts.reduce(0) { $0 + $1.cpuSeconds }
        let lateness = table.trend(.httpReqLateness)?.percentile(99) ?? 0
        return GeneratorReport(
            cpuShare: duration > 0 ? cpu / duration / Double(cores) : 0,
            busiestThread: parts.map(\.cpuShare).max() ?? 0,
            latenessP99: Double(lateness) / 1e6,
            dropped: table.count(.droppedIterations) ?? 0,
            releaseSpreads: waves.filter { $0.released > 0 }.map(\.spreadSeconds),
            lateWaves: waves.count { $0.latenessSeconds > latenessLimit },
            tagValuesLost: parts.reduce(0) { $0 + $1.tagValuesLost },
            historyFailure: parts.map(\.historyFailure).first { $0 != 0 } ?? 0,
            saturated: saturation(of: waves) ?? ArrivalSaturation.reason(scenario, table)
        )
    }

    /// A storm's generator was the bottleneck if the median wave spread too far: a hiccup of a shared machine in some waves does not
    /// decide a run, and as response times count from the release it can only make their latency look worse, never better.
    private static func saturation(of waves: [WaveResult]) -> String? {
        let released = waves.filter { $0.released > 0 }
        let wide = released.filter { $0.spreadSeconds > spreadLimit * max(1, Double($0.released) / 1_000) }
        guard !released.isEmpty, wide.count * 2 > released.count,
            let worst = wide.max(by: { $0.spreadSeconds < $1.spreadSeconds })
        else { return nil }
        let milliseconds = Int(worst.spreadSeconds * 1_000)
        return "CPU: \(wide.count) of \(released.count) waves were released over more than 50 ms per 1,000 users; "
            + "wave \(worst.wave) of \(worst.load) took \(milliseconds) ms for \(worst.released)"
    }
}
