import CRDKafka
import Synchronization

/// How far a group's member is behind the end of its partitions: messages that it has not committed.
final class ConsumerLag: Sendable {
    private struct State {
        /// The first message of each partition whose effect is not committed, once one was fetched.
        var next: [KafkaPartition: Int64] = [:]
        var lag: [KafkaPartition: Int64] = [:]
        var measured: UInt64 = 0
    }
    /// Nanoseconds between two measurements.
    private static let interval: UInt64 = 500_000_000
    private let state = Mutex(State())

    /// The last measurement, by partition.
    var values: [KafkaPartition: Int64] { self.state.withLock { $0.lag } }

    /// The first message fetched after an assignment is where the group had left off.
    func fetched(_ partition: KafkaPartition, offset: Int64) {
        self.state.withLock { state in
            if state.next[partition] == nil { state.next[partition] = offset }
        }
    }

    func committed(_ partition: KafkaPartition, next: Int64) {
        // A partition that was taken away meanwhile is not this member's to report.
        self.state.withLock { state in
            if state.next[partition] != nil { state.next[partition] = next }
        }
    }

    /// Forgets everything: the share was taken away.
    func revoke() {
        self.state.withLock { state in
            state.next = [:]
            state.lag = [:]
        }
    }

    /// Measures, if the last time was long enough ago.
    ///
    /// Only the thread that owns `handle` calls it. The end of a partition is what the last fetch said, so nothing is asked of the
    /// broker; a partition of which nothing has been fetched has nothing that waits.
    func measure(_ share: [KafkaPartition], _ handle: KafkaHandle) {
        let now = monotonicNanoseconds()
        guard self.state.withLock({ now - $0.measured >= Self.interval }) else { return }
        var ends: [KafkaPartition: Int64] = [:]
        for partition in share {
            var low: Int64 = 0
            var high: Int64 = 0
            let code = rd_kafka_get_watermark_offsets(
                handle.pointer,
                partition.topic,
                partition.partition,
                &low,
                &high
            )
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 { ends[partition] = high }
        }
        self.state.withLock { state in
            state.measured = now
            let next = state.next
            state.lag = ends.reduce(into: [:]) { lag, end in
                lag[end.key] = max(0, end.value - (next[end.key] ?? end.value))
            }
        }
    }
}
