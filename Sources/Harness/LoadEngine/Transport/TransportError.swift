import Glibc

/// Why a request got no complete reply.
///
/// What it says about the outcome matters to the judge: after ``refused``, ``connectTimeout``, ``unreachable`` and ``exhausted``
/// nothing was written, after everything else the server may have acted.
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
    /// The connection was closed before a byte of the reply had come.
    case closed
    /// What came was not HTTP.
    case `protocol`
    /// TLS failed.
    case tls
    /// The run was stopped, or the grace was over, while the request was under way.
    case interrupted
    /// Any other failure of the transport.
    case other
    /// The connection was closed in the middle of the reply.
    case incomplete
    /// The reply's `Content-Length` is no number, or there are two that differ, or more came than it says.
    ///
    /// libcurl lets the last two pass: it takes the last length, drops what is beyond it, and closes the connection.
    case wrongLength
    /// The framing of a chunked body is broken.
    case chunk
    /// The head of the reply, or the trailer behind its chunks, is longer than 64 KiB or has more than 256 lines.
    case headTooLarge
    /// The body is longer than ``Exchange/bodyMaximum``.
    case bodyTooLarge
    /// This machine has no port or descriptor left for a connection: nothing was written.
    case exhausted

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
        case .incomplete: "incomplete"
        case .wrongLength: "wrong-length"
        case .chunk: "chunk"
        case .headTooLarge: "head-too-large"
        case .bodyTooLarge: "body-too-large"
        case .exhausted: "exhausted"
        }
    }

    /// A failure of making a connection, by its error number.
    static func connecting(_ code: Int32) -> TransportError {
        switch code {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .connectTimeout
        case EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS, ENOMEM: .exhausted
        default: .unreachable
        }
    }
}
