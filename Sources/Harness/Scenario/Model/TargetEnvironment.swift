/// `environment:`: services that run already.
///
/// A scenario without it runs against the embedded suite.
package struct TargetEnvironment: Sendable, Equatable {
    package enum Authentication: Sendable, Equatable {
        /// A file with the secret that signs tokens.
        case secretFile(String)
        case off
    }
    /// Where requests go: an `http://` or `https://` URL without a trailing slash.
    package let gateway: String
    package let redis: String?
    package let mysql: String?
    /// Bootstrap servers.
    package let kafka: String?
    package let authentication: Authentication?
    /// The fault proxy's API.
    package let proxy: String?
    /// Shell commands by what they do (`kill`, …), with `${process}` in them.
    package let commands: [String: String]
}

extension Scenario {
    /// Whether the target is no more than an HTTP server: no store is named and no event made, so there is no data to judge.
    package var isWithoutData: Bool {
        guard let environment else { return false }
        return events.isEmpty && environment.redis == nil && environment.mysql == nil && environment.kafka == nil
    }
}
