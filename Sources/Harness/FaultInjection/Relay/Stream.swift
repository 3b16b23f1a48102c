/// A direction through the proxy, in Toxiproxy's words.
package enum Stream: String, Sendable, Codable, CaseIterable {
    /// From the client to the upstream: requests.
    case upstream
    /// From the upstream to the client: replies.
    case downstream
}
