import Contract
import Foundation

/// What services say of spans that they did not deliver, and which of them were started anew in a run: a process that ends by
/// force takes along what it had not sent.
struct SpanLosses: Sendable {
    /// The services' processes when the run began.
    let processes: [ProcessGroup]

    /// Compares with now, and asks each process at `ports` for its count of dropped spans.
    ///
    /// - Returns: A sentence for each process that may have lost some.
    func all(now: [ProcessGroup], ports: [String: Int]) async -> [String] {
        var losses: [String] = []
        for group in processes where ports[group.name] != nil && !now.contains(group) {
            losses.append("\(group.name) ended in the run, and with it the spans that it had not sent")
        }
        for (name, port) in ports.sorted(by: { $0.key < $1.key }) {
            do {
                let body = try await JSONCaller(base: "http://127.0.0.1:\(port)").get("/metrics", expecting: 200)
                let dropped = Self.dropped(String(decoding: body, as: UTF8.self))
                if dropped > 0 { losses.append("\(name) dropped \(dropped) spans") }
            } catch {
                losses.append("\(name) cannot be asked how many spans it dropped: \(error)")
            }
        }
        return losses
    }

    /// The sum of `otlp_spans_dropped_total` in Prometheus' text format.
    static func dropped(_ metrics: String) -> Int {
        metrics.split(separator: "\n").filter { $0.hasPrefix("otlp_spans_dropped_total") }
            .reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "").map { Int($0) } ?? 0) }
    }
}
