import Contract
import Metrics

/// How sagas end, and how long they take.
struct SagaMetrics: Sendable {
    private let timers: [OrderStatus: Metrics.Timer]
    private let outcomes: [OrderStatus: Counter]
    /// Orders in the worker's queue.
    let queued = Meter(label: "saga_queued_orders")
    /// Orders that did not fit in the queue; the sweeper finds them when their claim lapses.
    let overflowed = Counter(label: "saga_queue_overflows_total")

    init() {
        let ends = OrderStatus.allCases.filter(\.isFinal)
        timers = Dictionary(
            uniqueKeysWithValues: ends.map { status in
                (status, Metrics.Timer(label: "saga_duration_seconds", dimensions: [("outcome", status.rawValue)]))
            }
        )
        outcomes = Dictionary(
            uniqueKeysWithValues: ends.map { status in
                (status, Counter(label: "saga_outcomes_total", dimensions: [("outcome", status.rawValue)]))
            }
        )
    }

    /// An order has ended, so many seconds after it was created; nil where that could not be asked.
    func ended(_ status: OrderStatus, after seconds: Double?) {
        if let seconds { timers[status]?.recordNanoseconds(Int64(max(0, seconds) * 1_000_000_000)) }
        outcomes[status]?.increment()
    }
}
