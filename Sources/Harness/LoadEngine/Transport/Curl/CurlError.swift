import CCurl
import Glibc

/// libcurl's results in our terms.
enum CurlError {
    static func classify(_ result: CURLcode, _ connection: UnsafeMutablePointer<CurlConnection>) -> TransportError {
        if let error = connection.pointee.ownError { return error }
        let hasReplied = connection.pointee.exchange.firstByteAt != 0
        let wasSent = connection.pointee.exchange.sendingAt != 0
        switch result {
        case CURLE_COULDNT_CONNECT:
            return .connecting(systemError(connection))
        case CURLE_COULDNT_RESOLVE_HOST: return .unreachable
        case CURLE_OPERATION_TIMEDOUT: return wasSent ? .timeout : .connectTimeout
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            switch systemError(connection) {
            case EPIPE: return hasReplied ? .incomplete : .closed
            // What libcurl says of chunks that are none, too.
            case 0 where hasReplied: return .chunk
            default: return .reset
            }
        case CURLE_GOT_NOTHING: return .closed
        case CURLE_FILESIZE_EXCEEDED: return .bodyTooLarge
        // Behind a status line that it took, it finds nothing weird but a length.
        case CURLE_WEIRD_SERVER_REPLY where connection.pointee.exchange.status != 0: return .wrongLength
        case CURLE_PARTIAL_FILE: return .incomplete
        case CURLE_OUT_OF_MEMORY where hasReplied || wasSent: return .headTooLarge
        // Only ``CurlTransport/aboutToSend`` aborts: the connection was closed and libcurl would have sent again.
        case CURLE_ABORTED_BY_CALLBACK: return systemError(connection) == ECONNRESET ? .reset : .closed
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_URL_MALFORMAT:
            return .protocol
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM:
            return .tls
        default: return .other
        }
    }

    private static func systemError(_ connection: UnsafeMutablePointer<CurlConnection>) -> Int32 {
        guard let easy = connection.pointee.easy else { return 0 }
        var code = 0
        curl_get_long(UnsafeMutableRawPointer(easy), CURLINFO_OS_ERRNO, &code)
        return Int32(code)
    }
}
