/// A proxy in the API's answers.
package struct ProxyBody: Sendable, Codable, Equatable {
    package var name: String
    package var listen: String
    package var upstream: String
    package var enabled: Bool
    package var toxics: [ToxicBody]
    /// Absent where none was declared, as it always is for Toxiproxy's clients.
    package var `protocol`: ProxiedProtocol?
    /// Connections that could not be followed to their end, by reason; absent without a protocol.
    package var unfollowed: [String: UInt64]?
    /// Kafka: where the proxy listens for each broker that it has heard of, by the broker's address.
    package var brokers: [String: String]?
}

/// A toxic in the API's answers.
package struct ToxicBody: Sendable, Codable, Equatable {
    package var attributes: [String: Int64]
    package var name: String
    package var type: String
    package var stream: Stream
    package var toxicity: Double
}

/// 200 of `POST /chaos/v1/proxies/{p}/toxics`: the toxic, and how to find its counters later.
package struct LeaseBody: Sendable, Codable, Equatable {
    /// Of the record in `GET /chaos/v1/toxics`; unlike the name, never used again by this process.
    package var id: Int
    package var leaseSeconds: Double?
    package var toxic: ToxicBody
}

/// An element of `GET /chaos/v1/toxics`: a toxic that is or was in force, and what it touched.
package struct ToxicRecordBody: Sendable, Codable, Equatable {
    package var id: Int
    package var proxy: String
    package var toxic: String
    package var type: String
    package var stream: Stream
    package var active: Bool
    /// Left of the lease; absent where there is none, or it has ended.
    package var leaseSeconds: Double?
    /// Chunks seen.
    package var matched: UInt64
    /// Chunks changed.
    package var applied: UInt64
    /// Bytes seen.
    package var bytes: UInt64
    package var counters: ToxicCounters
}

/// What the relay carried for one proxy, for the metrics.
struct ProxyTraffic: Sendable {
    var name: String
    var listen: String
    var upstream: String
    var connections: UInt64
    var upstreamBytes: UInt64
    var downstreamBytes: UInt64
    var unfollowed: [String: UInt64]
}
