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
