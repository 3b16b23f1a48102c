import Contract
import Foundation

/// Which spans of a run were never delivered.
package struct SpanLosses: Sendable {
    /// Services of which a process ended in the run, and with it what it had not sent.
    package var ended: Set<String> = []
    /// What else was lost, a sentence each.
    package var dropped: [String] = []

    /// Compares the services' processes with what they were, and asks each for its own count of dropped spans.
    ///
    /// - Parameters:
    ///   - before: The processes when the run began.
    ///   - now: The processes now.
    ///   - ports: Of each service's processes, by the process' name.
    /// - Returns: What was lost; nothing in a good run.
    static func find(
        before: [ProcessGroup],
        now: [ProcessGroup],
        ports: [ServiceName: [(process: String, port: Int)]]
    ) async -> SpanLosses {
        var losses = SpanLosses()
        for (service, processes) in ports {
            for (name, port) in processes {
                let known = before.filter { $0.name == name }
                if !known.allSatisfy(now.contains) { losses.ended.insert(service.rawValue) }
                do {
                    let body = try await JSONCaller(base: "http://127.0.0.1:\(port)").get("/metrics", expecting: 200)
                    let dropped = dropped(String(decoding: body, as: UTF8.self))
                    if dropped > 0 { losses.dropped.append("\(name) dropped \(dropped) spans") }
                } catch {
                    losses.dropped.append("\(name) cannot be asked how many spans it dropped: \(error)")
                }
            }
        }
        losses.dropped.sort()
        return losses
    }

    /// The sum of `otlp_spans_dropped_total` in Prometheus' text format.
    static func dropped(_ metrics: String) -> Int {
        metrics.split(separator: "\n").filter { $0.hasPrefix("otlp_spans_dropped_total") }
            .reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "").map { Int($0) } ?? 0) }
    }
}
