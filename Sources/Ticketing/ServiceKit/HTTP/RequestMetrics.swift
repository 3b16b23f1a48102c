import HTTPTypes
import Metrics
import Synchronization

/// Counts requests and times them, by route, method and status.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }
    private struct Handles {
        let requests: Counter
        let duration: Metrics.Timer
    }

    private let handles = Mutex<[Key: Handles]>([:])

    func record(route: String, method: HTTPRequest.Method, status: Int, duration: Duration) {
        let key = Key(route: route, method: Self.known(method), status: status)
        let handles = handles.withLock { handles in
            if let known = handles[key] { return known }
            let made = Self.make(key)
            handles[key] = made
            return made
        }
        handles.requests.increment()
        handles.duration.recordNanoseconds(
            duration.components.seconds * 1_000_000_000
                + duration.components.attoseconds / 1_000_000_000
        )
    }

    private static func make(_ key: Key) -> Handles {
        let dimensions = [("route", key.route), ("method", key.method), ("status", String(key.status))]
        return Handles(
            requests: Counter(label: "http_requests_total", dimensions: dimensions),
            duration: Metrics.Timer(label: "http_request_duration_seconds", dimensions: dimensions)
        )
    }

    /// A caller can make up methods; they must not make up time series.
    private static func known(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .post, .put, .delete, .head, .patch, .options: method.rawValue
        default: "other"
        }
    }
}
