/// The latency table of the terminal: two lines a request, so that what a slow server hides from its own clock is seen.
///
/// `response` counts from the moment the request was due, `duration` from its first byte (k6's `http_req_duration`): where the first
/// is much longer than the second, requests waited for their turn (coordinated omission).
struct RequestTable {
    private static let counts = ["count", "per s", "failed"]
    private static let quantiles = ["p50", "p95", "p99", "p99.9", "max"]

    let requests: [String: Summary.Request]

    var lines: [String] {
        let width = max(14, (requests.keys.map(\.count).max() ?? 0) + 2)
        var lines = [
            "request".padded(width) + Self.counts.map { $0.padded(10, left: true) }.joined() + "".padded(11)
                + Self.quantiles.map { $0.padded(10, left: true) }.joined() + "   status"
        ]
        for (name, request) in requests.sorted(by: { $0.key < $1.key }) {
            let counts = [request.count.grouped, Int(request.rate.rounded()).grouped, request.failed.grouped]
            let status = request.status.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value.grouped)" }
            lines.append(
                name.padded(width) + counts.map { $0.padded(10, left: true) }.joined() + "  response"
                    + Self.times(request.response) + "   " + status.joined(separator: ", ")
            )
            lines.append("".padded(width + 30) + "  duration" + Self.times(request.duration))
            for failure in request.failures.prefix(3) {
                lines.append("    ✗ \(failure.reason) × \(failure.count.grouped): \(failure.example)")
            }
            if request.failures.count > 3 {
                lines.append("    and \(request.failures.count - 3) more: see summary.json")
            }
        }
        return lines
    }

    private static func times(_ times: Summary.Quantiles) -> String {
        " "
            + [times.p50, times.p95, times.p99, times.p999, times.max]
            .map { ($0?.seconds ?? "-").padded(10, left: true) }.joined()
    }
}
