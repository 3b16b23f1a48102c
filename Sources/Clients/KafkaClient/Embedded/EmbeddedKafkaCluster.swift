import CRDKafka
import Logging
import Synchronization

/// A Kafka cluster inside this process: librdkafka's mock cluster, which other processes reach over TCP on 127.0.0.1.
///
/// It keeps its log in memory, at most 5 MiB or 100,000 batches a partition, and serves all brokers from one thread. It has
/// groups and idempotence; it has no admin protocol, and leaders do not move: the partitions of a broker that is down wait for it.
///
/// It names a member by the address of its memory. A member that it forgot, for want of heartbeats, and that comes back under its name, while
/// somebody new has got that memory and waits to join the same group, ends the process: librdkafka 2.0.2 asserts in
/// `rd_kafka_mock_cgrp_member_add` that nobody waits twice.
package final class EmbeddedKafkaCluster: Sendable {
    /// The most brokers.
    package static let maximumBrokers = 16
    /// The longest freeze; what is longer is better served by stopping the process.
    package static let longestFreeze: Duration = .seconds(600)

    /// What clients connect to.
    package let bootstrapServers: String

    private struct State {
        var brokers: [EmbeddedKafkaBroker]
        var isClosed = false
    }
    private struct Cluster: @unchecked Sendable {
        // Safe to share: every function of rdkafka_mock.h hands its work to the cluster's own thread.
        let pointer: OpaquePointer
    }
    private let handle: KafkaHandle
    private let cluster: Cluster
    private let gate: FreezeGate
    private let callbacks: KafkaCallbacks
    private let state: Mutex<State>

    /// Starts the brokers, ids 1…`brokers`, and makes the topics, replicated on all of them.
    ///
    /// - Throws: ``KafkaError/Kind/configuration``.
    package init(
        brokers: Int = 3,
        topics: [(String, partitions: Int32)],
        logger: Logger = Logger(label: "broker")
    ) throws(KafkaError) {
        guard (1...Self.maximumBrokers).contains(brokers) else {
            throw KafkaError(
                kind: .configuration,
                outcome: .notExecuted,
                message: "an embedded Kafka cluster has 1 to \(Self.maximumBrokers) brokers, not \(brokers)"
            )
        }
        let gate = FreezeGate()
        let callbacks = KafkaCallbacks(logger, gate: gate)
        // The debug lines of the mock cluster are not printed: they are where the gate can hold its thread.
        let handle = try KafkaHandle.make(
            RD_KAFKA_PRODUCER,
            properties: ["client.id": "embedded-cluster", "debug": "mock"],
            callbacks: callbacks
        )
        guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, Int32(brokers)) else {
            rd_kafka_destroy(handle.pointer)
            throw KafkaError(
                kind: .configuration,
                outcome: .notExecuted,
                message: "cannot start an embedded Kafka cluster of \(brokers) brokers"
            )
        }
        for (name, partitions) in topics {
            let code = rd_kafka_mock_topic_create(cluster, name, partitions, Int32(brokers))
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                rd_kafka_mock_cluster_destroy(cluster)
                rd_kafka_destroy(handle.pointer)
                throw KafkaError(
                    kind: .configuration,
                    outcome: .notExecuted,
                    message: "cannot make topic \(name) with \(partitions) partitions: \(describe(code))"
                )
            }
        }
        let addresses = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        self.bootstrapServers = addresses
        self.handle = handle
        self.cluster = Cluster(pointer: cluster)
        self.gate = gate
        self.callbacks = callbacks
        self.state = Mutex(
            State(
                brokers: addresses.split(separator: ",").enumerated().map { index, address in
                    EmbeddedKafkaBroker(
                        id: Int32(index + 1),
                        address: String(address),
                        isUp: true,
                        roundTripMilliseconds: 0
                    )
                }
            )
        )
    }

    deinit {
        self.close()
    }

    /// Every broker, by id.
    package var brokers: [EmbeddedKafkaBroker] {
        self.state.withLock { $0.brokers }
    }

    /// Takes a broker down: its connections are cut, and new ones are cut at once.
    package func brokerDown(_ id: Int32) throws(KafkaError) {
        try self.change(id, "take down", { rd_kafka_mock_broker_set_down($0, id) }, { $0.isUp = false })
    }

    /// Lets a broker take connections again, with the log it had.
    package func brokerUp(_ id: Int32) throws(KafkaError) {
        try self.change(id, "bring up", { rd_kafka_mock_broker_set_up($0, id) }, { $0.isUp = true })
    }

    /// Makes a broker wait before each answer, 0…60,000 ms.
    package func setRoundTrip(_ id: Int32, milliseconds: Int) throws(KafkaError) {
        guard (0...60_000).contains(milliseconds) else {
            throw KafkaError(
                kind: .configuration,
                outcome: .notExecuted,
                message: "a round trip is 0 to 60000 ms, not \(milliseconds)"
            )
        }
        try self.change(
            id,
            "slow down",
            { rd_kafka_mock_broker_set_rtt($0, id, Int32(milliseconds)) },
            { $0.roundTripMilliseconds = milliseconds }
        )
    }

    /// Stops all brokers from answering, their connections staying open; they go on by themselves after `duration`.
    ///
    /// Takes the place of an earlier freeze; zero ends it. Meanwhile nothing else can be done to the brokers.
    package func freeze(for duration: Duration) throws(KafkaError) {
        guard duration >= .zero, duration <= Self.longestFreeze else {
            throw KafkaError(
                kind: .configuration,
                outcome: .notExecuted,
                message: "a freeze lasts 0 to 600 s, not \(duration)"
            )
        }
        self.gate.close(for: duration)
    }

    /// How much longer the brokers stay frozen.
    package var frozenFor: Duration { self.gate.remaining }

    /// Ends the cluster and forgets its log.
    ///
    /// Blocks for milliseconds; may be called again.
    package func close() {
        let isFirst = self.state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        self.gate.close(for: .zero)
        rd_kafka_mock_cluster_destroy(self.cluster.pointer)
        rd_kafka_destroy(self.handle.pointer)
    }

    private func change(
        _ id: Int32,
        _ what: String,
        _ command: (OpaquePointer) -> rd_kafka_resp_err_t,
        _ record: (inout EmbeddedKafkaBroker) -> Void
    ) throws(KafkaError) {
        let frozen = self.frozenFor
        guard frozen <= .zero else {
            throw KafkaError(
                kind: .overloaded,
                outcome: .notExecuted,
                message: "cannot \(what) broker \(id): the cluster is frozen for another \(frozen)"
            )
        }
        let failure: KafkaError? = self.state.withLock { state in
            guard !state.isClosed else {
                return KafkaError(kind: .closed, outcome: .notExecuted, message: "the embedded Kafka cluster is closed")
            }
            guard let index = state.brokers.firstIndex(where: { $0.id == id }) else {
                return KafkaError(
                    kind: .configuration,
                    outcome: .refused,
                    message: "there is no broker \(id): their ids are 1 to \(state.brokers.count)"
                )
            }
            let code = command(self.cluster.pointer)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                return KafkaError(
                    kind: .broker(code: code.rawValue),
                    outcome: .refused,
                    message: "cannot \(what) broker \(id): \(describe(code))"
                )
            }
            record(&state.brokers[index])
            return nil
        }
        if let failure { throw failure }
    }
}
