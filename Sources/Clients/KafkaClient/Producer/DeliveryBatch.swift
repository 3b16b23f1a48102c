import Synchronization

/// Collects the delivery reports of records that were sent together, and resumes the sender after the last.
final class DeliveryBatch: Sendable {
    typealias Outcome = Result<KafkaDelivery, KafkaError>

    private struct State {
        var results: [Outcome?]
        var missing: Int
    }
    private let state: Mutex<State>
    private let continuation: CheckedContinuation<[Outcome], Never>

    init(count: Int, _ continuation: CheckedContinuation<[Outcome], Never>) {
        self.state = Mutex(State(results: Array(repeating: nil, count: count), missing: count))
        self.continuation = continuation
    }

    /// Records the fate of one record; only the first word on it counts.
    func settle(_ index: Int, _ outcome: Outcome) {
        let complete: [Outcome]? = self.state.withLock { state in
            guard state.results[index] == nil else { return nil }
            state.results[index] = outcome
            state.missing -= 1
            return state.missing == 0 ? state.results.compactMap { $0 } : nil
        }
        if let complete { self.continuation.resume(returning: complete) }
    }
}

/// The place of one record in its batch: what librdkafka carries as the message's opaque.
final class DeliverySlot: Sendable {
    let batch: DeliveryBatch
    let index: Int
    let topic: String

    init(_ batch: DeliveryBatch, index: Int, topic: String) {
        self.batch = batch
        self.index = index
        self.topic = topic
    }
}
