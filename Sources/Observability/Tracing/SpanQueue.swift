import Metrics
import Synchronization

/// Finished spans on their way out of the process: bounded, so that a collector that is away costs no memory.
///
/// What does not fit is dropped and counted in `otlp_spans_dropped_total{reason="queue_full"}`; nobody ever waits.
package final class SpanQueue: Sendable {
    /// How many spans wait at most, unless said otherwise.
    package static let capacity = 2048
    /// How many spans go out at once at most, unless said otherwise.
    package static let batch = 512

    private let capacity: Int
    private let batch: Int
    private let batchIsReady: @Sendable () -> Void
    private let spans = Mutex<[Span]>([])
    private let dropped = Counter(label: "otlp_spans_dropped_total", dimensions: [("reason", "queue_full")])

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - capacity: Spans that may wait.
    ///   - batch: Spans that ``take()`` returns at most.
    ///   - batchIsReady: Called whenever as many spans more have come.
    package init(
        capacity: Int = SpanQueue.capacity,
        batch: Int = SpanQueue.batch,
        batchIsReady: @escaping @Sendable () -> Void = {}
    ) {
        self.capacity = capacity
        self.batch = batch
        self.batchIsReady = batchIsReady
    }

    /// How many spans wait.
    package var count: Int { spans.withLock { $0.count } }

    /// Adds a span, or drops it when the queue is full.
    ///
    /// - Returns: Whether it was added.
    @discardableResult
    package func add(_ span: Span) -> Bool {
        let count: Int? = spans.withLock { spans in
            guard spans.count < capacity else { return nil }
            spans.append(span)
            return spans.count
        }
        guard let count else {
            dropped.increment()
            return false
        }
        if count.isMultiple(of: batch) { batchIsReady() }
        return true
    }

    /// Gives back spans that could not be sent yet; what does not fit any more is dropped.
    package func putBack(_ taken: [Span]) {
        let lost = spans.withLock { spans in
            let fitting = taken.suffix(max(0, capacity - spans.count))
            spans.insert(contentsOf: fitting, at: 0)
            return taken.count - fitting.count
        }
        dropped.increment(by: lost)
    }

    /// Takes the oldest spans, at most a batch; none when the queue is empty.
    package func take() -> [Span] {
        spans.withLock { spans in
            let taken = Array(spans.prefix(batch))
            spans.removeFirst(taken.count)
            return taken
        }
    }
}
