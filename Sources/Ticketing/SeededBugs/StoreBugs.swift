import RedisClient
import ServiceKit
import ServiceLifecycle

/// What goes wrong when the reservation service, or Redis, is started again.
enum StoreBugs {
    /// The cache is cleared when the service starts: which seats are sold is forgotten.
    static func wipingSold(_ redis: RedisClient) -> [any Service] {
        [
            AtStart {
                var cursor = "0"
                repeat {
                    let page = try await redis.send(
                        "SCAN",
                        RedisArgument(cursor),
                        "MATCH",
                        "seat:{*:sold",
                        "COUNT",
                        "1000"
                    )
                    cursor = page.array?.first?.string ?? "0"
                    for key in (page.array?.last?.array ?? []).compactMap(\.string) {
                        _ = try await redis.send("DEL", RedisArgument(key))
                    }
                } while cursor != "0"
            }
        ]
    }

    /// Redis writes nothing down, and so comes back with nothing.
    static func withoutPersistence(_ redis: RedisClient) -> [any Service] {
        [AtStart { _ = try await redis.send("CONFIG", "SET", "appendonly", "no") }]
    }

    /// What was sold or pinned before Redis was lost is not looked up: all seats are free.
    static func forgetful(_ seats: [OpeningSeat]) -> [OpeningSeat] { seats.map { OpeningSeat(id: $0.id) } }
}

/// Does something once, as soon as it can be done.
private struct AtStart: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while (try? await work()) == nil, !Task.isCancelled { try await Task.sleep(for: .milliseconds(100)) }
        }
        try? await gracefulShutdown()
    }
}
