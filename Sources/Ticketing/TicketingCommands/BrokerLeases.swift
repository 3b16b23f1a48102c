import KafkaClient
import Synchronization

/// Undoes what was done to brokers for a while, whatever becomes of who asked for it.
final class BrokerLeases: Sendable {
    /// What a lease is about: a broker, and whether it is down or slow.
    enum Subject: Hashable {
        case down(Int32)
        case slow(Int32)
    }

    /// How long until it is tried again to undo something, while the cluster is frozen.
    private static let pause = Duration.milliseconds(100)

    private let cluster: EmbeddedKafkaCluster
    private let running = Mutex<[Subject: Task<Void, Never>]>([:])

    init(cluster: EmbeddedKafkaCluster) { self.cluster = cluster }

    /// Undoes `subject` after `seconds`; nil ends an earlier lease without a new one.
    func set(_ subject: Subject, seconds: Double?) {
        let task = seconds.map { seconds in
            Task {
                do {
                    try await Task.sleep(for: .seconds(seconds))
                    while !self.undo(subject) { try await Task.sleep(for: Self.pause) }
                } catch {
                    // Cancelled: the lease has ended before its time.
                }
            }
        }
        self.running.withLock { running in
            running.removeValue(forKey: subject)?.cancel()
            running[subject] = task
        }
    }

    /// False while it cannot be done.
    private func undo(_ subject: Subject) -> Bool {
        do {
            switch subject {
            case .down(let id): try self.cluster.brokerUp(id)
            case .slow(let id): try self.cluster.setRoundTrip(id, milliseconds: 0)
            }
            return true
        } catch {
            // Only a frozen cluster will do it later.
            return error.kind != .overloaded
        }
    }
}
