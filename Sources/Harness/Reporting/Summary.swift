import Verification

/// The stable interface for tools, `summary.json`.
///
/// Times are seconds everywhere.
package struct Summary: Codable, Sendable {
    /// The version of this form.
    package var schema = 1
    package var scenario: String
    package var seed: UInt64
    /// ISO-8601, UTC.
    package var started: String
    package var durationSeconds: Double
    package var verdict: String
    package var exitCode: Int32
    /// Why the verdict is not a pass, one sentence a reason, the gravest first.
    package var reasons: [String]
    /// What the verdict does not rest on although it might seem so, one sentence a note.
    package var notes: [String]
    package var invariants: [InvariantResult]
    /// What judging cost.
    package var verification: Verification
    /// Sales of a seat beyond its first.
    package var oversell: Int
    package var slo: [SLO]
    /// Share of requests that failed, 0…1.
    package var errorRate: Double
    /// By the request's name.
    package var requests: [String: Request]
    /// By the group's full name, `::outer::inner`; absent where the scenario has none.
    package var groups: [String: Group]?
    /// The scenario's own tags; absent where it has none.
    package var tags: [String: String]?
    package var waves: [Wave]
    package var streams: Streams?
    /// Orders of the run's events in MySQL, by their status.
    package var orders: [String: Int]
    package var generator: Generator
    package var faults: [Fault]
    package var environment: [String: String]

    /// What gathering the evidence and judging it cost.
    package struct Verification: Codable, Sendable {
        /// Entries of the clients' history and of the seats' log, messages and spans.
        package var operations: Int
        package var seconds: Double
        /// The most memory that this process has had.
        package var peakBytes: UInt64
    }

    /// A threshold's value and verdict.
    package struct SLO: Codable, Sendable {
        package var threshold: String
        /// Absent when there was no sample.
        package var value: Double?
        /// `s`, `ratio` or `count`.
        package var unit: String
        /// `holds`, `breached` or `inconclusive`.
        package var verdict: String
    }

    /// One named request of the scenario.
    ///
    /// Its own quantiles are of `http_req_response_time`, in seconds: from the moment the request was due.
    package struct Request: Codable, Sendable {
        package var count: UInt64
        /// A second.
        package var rate: Double
        package var failed: UInt64
        package var p50: Double?
        package var p95: Double?
        package var p99: Double?
        package var p999: Double?
        package var max: Double?
        /// Of `http_req_duration`: from its first byte, as k6 has it.
        package var duration: Quantiles
        /// How many of each status; a transport error counts under its kind.
        package var status: [String: UInt64]
        /// How requests failed, the most frequent first.
        package var failures: [Failure]
    }

    /// A group of steps: k6's `group_duration`.
    package struct Group: Codable, Sendable {
        package var count: UInt64
        package var p50: Double?
        package var p95: Double?
        package var max: Double?
    }

    /// One wave of a storm.
    package struct Wave: Codable, Sendable {
        package var load: String
        package var wave: Int
        package var users: Int
        /// Clicks that came to an end, answered or not.
        package var answered: Int
        /// Holds granted, by what the clients were told.
        package var granted: Int
        /// First to last byte handed to the kernel.
        package var releaseSpread: Double
        /// From the release to the last reply.
        package var clickSeconds: Double
        /// Clicks a second, from the release to the last reply.
        package var clicksPerSecond: Double
        /// How late the wave itself was released.
        package var lateness: Double
        package var complete: Bool
    }

    /// What the load generator says of itself.
    package struct Generator: Codable, Sendable {
        /// Share of one core for each of its threads, 0…1.
        package var cpu: Double
        package var threads: Int
        package var latenessP99: Double
        package var dropped: UInt64
        /// Requests whose own tags had more different values than a run keeps apart; absent where there were none.
        package var tagValuesLost: UInt64?
        package var releaseSpread: [Double]
        package var saturated: Bool
        package var reason: String?
    }

    /// A fault of the timeline: what it touched, and that it is gone.
    package struct Fault: Codable, Sendable {
        package var fault: String
        package var from: Double
        package var to: Double
        package var matched: Int64
        package var applied: Int64
        /// Counts of what it did by name, such as `delayed`.
        package var details: [String: Int64]
        package var reverted: Bool
        package var error: String?
    }
}
