/// Why a request got no complete reply.
///
/// What it says about the outcome matters to the judge: after ``refused`` and ``connectTimeout`` nothing was written,
/// after everything else the server may have acted.
package enum TransportError: UInt8, Sendable, CaseIterable {
    /// Nobody listens: nothing was written.
    case refused = 1
    /// No connection in time: nothing was written.
    case connectTimeout
    /// The address could not be resolved or reached: nothing was written.
    case unreachable
    /// No complete reply in time.
    case timeout
    /// The connection was reset.
    case reset
    /// The connection was closed before the reply was complete.
    case closed
    /// What came was not HTTP.
    case `protocol`
    /// TLS failed.
    case tls
    /// The run was stopped, or the grace was over, while the request was under way.
    case interrupted
    /// Any other failure of the transport.
    case other

    /// As in the `error` tag and in histories.
    package var name: String {
        switch self {
        case .refused: "refused"
        case .connectTimeout: "connect-timeout"
        case .unreachable: "unreachable"
        case .timeout: "timeout"
        case .reset: "reset"
        case .closed: "closed"
        case .protocol: "protocol"
        case .tls: "tls"
        case .interrupted: "interrupted"
        case .other: "other"
        }
    }
}
