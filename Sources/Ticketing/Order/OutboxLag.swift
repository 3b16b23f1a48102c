import Logging
import Metrics
import MySQLClient
import ServiceLifecycle

/// Measures how long the oldest row of the outbox has been waiting for Kafka.
struct OutboxLag: Service {
    let mysql: MySQLClient
    let topic: String
    let logger: Logger

    func run() async throws {
        let lag = Meter(label: "outbox_lag_seconds", dimensions: [("topic", topic)])
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    lag.set(try await measure())
                } catch {
                    logger.debug("cannot measure the outbox's lag", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .seconds(2))
            }
        }
    }

    private func measure() async throws -> Double {
        let rows = try await mysql.query(
            """
            SELECT TIMESTAMPDIFF(MICROSECOND, created_at, NOW(3)) AS age FROM outbox
            WHERE topic = ? AND status = 'new' ORDER BY id LIMIT 1
            """,
            [.text(topic)]
        )
        return Double(try rows.first?.int("age") ?? 0) / 1_000_000
    }
}
