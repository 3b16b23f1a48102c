import LoadEngine
import Scenario
import Statistics

extension Summary {
    /// A distribution of times, in seconds; absent where there was no sample.
    package struct Quantiles: Codable, Sendable, Equatable {
        package var p50: Double?
        package var p95: Double?
        package var p99: Double?
        package var p999: Double?
        package var max: Double?

        init(_ trend: Trend?) {
            func quantile(_ percent: Double) -> Double? { trend?.percentile(percent).map { Double($0) / 1e6 } }
            p50 = quantile(50)
            p95 = quantile(95)
            p99 = quantile(99)
            p999 = quantile(99.9)
            max = quantile(100)
        }
    }

    /// A way in which requests failed.
    package struct Failure: Codable, Sendable, Equatable {
        /// `status 500`, `error reset`, `json $.status`, `capture order`, `until`.
        package var reason: String
        package var count: UInt64
        /// The first of them, in words.
        package var example: String
        package var user: String
        /// Seconds since the start of the run.
        package var at: Double
    }

    /// What the users of server-sent event streams saw; absent where there was no stream.
    package struct Streams: Codable, Sendable, Equatable {
        package var streams: UInt64
        package var events: UInt64
        /// Connections after a break, and those of them that asked for what was missed.
        package var reconnects: UInt64
        package var resumes: UInt64
        /// Resumes that were answered by everything anew.
        package var restarts: UInt64
        /// Changes that were never told, by the seats' versions.
        package var missed: UInt64
        package var outOfOrder: UInt64
        /// From a change to its arrival, by the clock of Redis and by that of this machine.
        package var delivery: Quantiles
        /// Updates that came before their change: so far at least the clocks differ, in seconds.
        package var ahead: UInt64
        package var clockOffset: Double

        init?(_ load: LoadResult) {
            guard load.streams.streams > 0 else { return nil }
            streams = load.streams.streams
            events = load.streams.events
            reconnects = load.streams.reconnects
            resumes = load.streams.resumes
            restarts = load.streams.restarts
            missed = load.streams.missed
            outOfOrder = load.streams.outOfOrder
            delivery = Quantiles(load.metrics.trend(.sseDeliveryTime))
            ahead = load.streams.ahead
            clockOffset = Double(load.streams.aheadMilliseconds) / 1e3
        }
    }
}

extension Summary.Failure {
    init(_ failure: RequestFailure, startedNs: UInt64) {
        self.init(
            reason: failure.reason,
            count: failure.count,
            example: failure.example,
            user: failure.user,
            at: failure.atNs > startedNs ? Double(failure.atNs - startedNs) / 1e9 : 0
        )
    }
}

extension Summary.Request {
    init(_ name: String, _ load: LoadResult) {
        self.init(
            load.metrics,
            ["request": name],
            counted: .httpReqs,
            failed: .httpReqFailed,
            response: .httpReqResponseTime,
            by: "status"
        )
        duration = Summary.Quantiles(load.metrics.trend(.httpReqDuration, where: ["request": name]))
        failures = load.failures.filter { $0.request == name }.map { Summary.Failure($0, startedNs: load.startedNs) }
    }

    /// A command for Redis, from when it was due to its reply; the outcomes stand for statuses.
    init(command name: String, _ metrics: MetricTable) {
        self.init(
            metrics,
            ["request": name],
            counted: .redisReqs,
            failed: .redisReqFailed,
            response: .redisReqResponseTime,
            by: "outcome"
        )
    }

    private init(
        _ metrics: MetricTable,
        _ filter: Tags,
        counted: Metric,
        failed: Metric,
        response: Metric,
        by tag: String
    ) {
        let count = metrics.count(counted, where: filter) ?? 0
        let response = Summary.Quantiles(metrics.trend(response, where: filter))
        self.init(
            count: count,
            rate: metrics.durationSeconds > 0 ? Double(count) / metrics.durationSeconds : 0,
            failed: metrics.rate(failed, where: filter)?.yes ?? 0,
            p50: response.p50,
            p95: response.p95,
            p99: response.p99,
            p999: response.p999,
            max: response.max,
            duration: Summary.Quantiles(nil),
            status: metrics.counts(counted, by: tag, where: filter),
            failures: []
        )
    }

    /// Of `http_req_response_time`.
    var response: Summary.Quantiles {
        var quantiles = Summary.Quantiles(nil)
        quantiles.p50 = p50
        quantiles.p95 = p95
        quantiles.p99 = p99
        quantiles.p999 = p999
        quantiles.max = max
        return quantiles
    }
}
