import Foundation

/// A line of `history.jsonl`: one request of a virtual user to a route of the contract.
package struct HistoryEntry: Codable, Sendable, Equatable {
    package var i: Int
    package var user: String
    package var wave: Int?
    package var request: String
    package var method: String
    package var path: String
    /// The request's body as it was sent.
    package var body: String?
    /// The `Idempotency-Key`, if one was sent.
    package var key: String?
    /// Monotonic nanoseconds: before the first byte was written.
    package var invoke: Int64
    /// Monotonic nanoseconds: after the last byte was read, or the request was given up.
    package var `return`: Int64
    /// 0 when there was no answer.
    package var status: Int
    /// The kind of transport error.
    package var error: String?
    /// The answer's body, when it was 2xx.
    package var reply: String?
    package var trace: String?
    /// The faults that were active when it returned.
    package var faults: [String]?

    /// What is known of the operation's effect.
    package var outcome: Outcome {
        switch status {
        case 200...299: .ok
        case 403, 404, 409, 410, 422: .refused
        case 400, 401, 405, 413, 429: .failed
        case 0: ["refused", "connect-timeout", "unreachable", "exhausted"].contains(error) ? .failed : .unknown
        default: .unknown
        }
    }

    /// The parts of the path, without the query.
    var segments: [String] {
        path.prefix { $0 != "?" }.split(separator: "/").map(String.init)
    }

    /// The answer's body.
    ///
    /// - Throws: `EvidenceError` that names the entry.
    func reply<Body: Decodable>(as type: Body.Type, _ decoder: JSONDecoder) throws -> Body {
        do {
            return try decoder.decode(type, from: Data((reply ?? "").utf8))
        } catch {
            throw EvidenceError("history entry \(i): \(method) \(path) was answered with no \(type): \(error)")
        }
    }

    /// What is known of an operation's effect: see verification.md.
    package enum Outcome: String, Sendable {
        /// It happened.
        case ok
        /// It did not happen, and the refusal is an observation.
        case refused
        /// It certainly did not happen.
        case failed
        /// It may have happened, or may still happen.
        case unknown
    }
}

/// The first line of `history.jsonl`: ties monotonic to wall time.
package struct HistoryHeader: Codable, Sendable, Equatable {
    /// The format's version.
    package var history: Int
    /// CLOCK_MONOTONIC at the start, in nanoseconds.
    package var startMonotonic: Int64
    /// CLOCK_REALTIME at the same moment, in nanoseconds since 1970.
    package var startWall: Int64

    /// Milliseconds since 1970 of a monotonic moment.
    package func wallMilliseconds(_ monotonic: Int64) -> Double {
        Double(startWall + (monotonic - startMonotonic)) / 1_000_000
    }
}
