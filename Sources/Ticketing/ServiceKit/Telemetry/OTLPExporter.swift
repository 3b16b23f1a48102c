import AsyncHTTPClient
import Contract
import Glibc
import Logging
import Metrics
import Observability
import ServiceLifecycle
import Synchronization

/// Sends this process' spans to an OTLP/HTTP collector: a batch as soon as 512 have come, or each second.
///
/// A collector that is away, or slow, never holds up a request: spans wait in a bounded queue, and what does not go out in time is dropped
/// and counted in `otlp_spans_dropped_total`. At the end of the process what is left is sent, within a limit.
package final class OTLPExporter: Service {
    /// The longest that a span waits for company.
    private static let interval = Duration.seconds(1)

    /// Where spans are recorded.
    package let queue: SpanQueue
    private let wakeup: Wakeup
    private let encoder: OTLPTraceEncoder
    private let transport: OTLPTransport
    private let policy: OTLPRetryPolicy
    private let logger: Logger
    private let isFailing = Atomic(false)
    private let exported = Counter(label: "otlp_spans_exported_total")
    private let refused = Counter(label: "otlp_spans_dropped_total", dimensions: [("reason", "export_failed")])
    private let late = Counter(label: "otlp_spans_dropped_total", dimensions: [("reason", "shutdown")])

    /// Makes an exporter; nothing is sent before ``run()``.
    ///
    /// - Parameters:
    ///   - endpoint: The collector.
    ///   - service: Whose spans they are.
    ///   - logger: Told when exporting begins to fail, and when it works again.
    ///   - policy: How long a batch is tried.
    package init(
        endpoint: OTLPEndpoint,
        service: ServiceName,
        logger: Logger,
        policy: OTLPRetryPolicy = OTLPRetryPolicy()
    ) {
        let wakeup = Wakeup()
        self.wakeup = wakeup
        queue = SpanQueue { wakeup.signal() }
        encoder = OTLPTraceEncoder(resource: [
            SpanAttribute("service.namespace", "ticketing"), SpanAttribute("service.name", service.rawValue),
            SpanAttribute("process.pid", Int64(getpid())),
        ])
        transport = OTLPTransport(url: endpoint.tracesURL, timeout: policy.attemptTimeout)
        self.policy = policy
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdownOrReturn { await self.exportForEver() }
        // Not cancelled with the process: its limit is its own.
        await Task { await self.exportTheRest() }.value
        await transport.close()
    }

    private func exportForEver() async {
        while !Task.isCancelled {
            let spans = queue.take()
            if spans.isEmpty {
                await wakeup.sleep(for: Self.interval)
            } else if await !export(spans, within: policy.limit) {
                queue.putBack(spans)
            } else if queue.count < SpanQueue.batch {
                await wakeup.sleep(for: Self.interval)
            }
        }
    }

    private func exportTheRest() async {
        let end = ContinuousClock.now + policy.finalLimit
        while true {
            let spans = queue.take()
            guard !spans.isEmpty else { return }
            let left = ContinuousClock.now.duration(to: end)
            if left > .zero {
                _ = await export(spans, within: left)
            } else {
                late.increment(by: spans.count)
            }
        }
    }

    /// Sends a batch, again if need be, or drops it.
    ///
    /// - Returns: False when the task was cancelled first, and the batch is still to be sent.
    private func export(_ spans: [Span], within limit: Duration) async -> Bool {
        let body = encoder.encode(spans)
        let end = ContinuousClock.now + limit
        var backoff = Backoff(base: policy.firstWait)
        while true {
            let left = ContinuousClock.now.duration(to: end)
            // Not cancelled with the process: a batch whose answer is not waited for would be sent twice.
            let answer = await Task { [transport] in await transport.post(body, within: left) }.value
            switch answer {
            case .accepted:
                exported.increment(by: spans.count)
                if isFailing.exchange(false, ordering: .relaxed) { logger.info("spans are exported again") }
                return true
            case .refused(let reason):
                drop(spans, reason)
                return true
            case .tryAgain(let reason, let asked):
                guard !Task.isCancelled else { return false }
                let wait = max(backoff.next(), asked ?? .zero)
                guard ContinuousClock.now + wait < end else {
                    drop(spans, reason)
                    return true
                }
                do { try await Task.sleep(for: wait) } catch { return false }
            }
        }
    }

    private func drop(_ spans: [Span], _ reason: String) {
        refused.increment(by: spans.count)
        // Once an outage, not once a batch.
        guard !isFailing.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "spans cannot be exported and are dropped",
            metadata: ["collector": "\(transport.url)", "reason": "\(reason)"]
        )
    }
}
