import Contract
import RedisClient

/// Reads the seats' log of an event.
struct SeatLog: Sendable {
    /// Entries in one reply.
    static let page: Int64 = 1000

    /// What a build with a seeded bug does to entries, as XREAD answers them, before they are told.
    typealias Alteration = @Sendable ([RedisValue]) async -> [RedisValue]

    private let key: RedisArgument
    private let alter: Alteration?

    init(event: String, altering alter: Alteration? = nil) {
        key = RedisArgument(SeatKeys(event: event).log)
        self.alter = alter
    }

    /// The position of the last entry; the beginning when there is none.
    func end(_ redis: RedisClient) async throws(RedisError) -> StreamPosition? {
        let reply = try await redis.send("XREVRANGE", key, "+", "-", "COUNT", "1")
        guard let last = reply.array?.first else { return StreamPosition("0-0") }
        return last.array?.first?.string.flatMap(StreamPosition.init)
    }

    /// The entries after `position`, at most a page of them; nothing when the entry at `position` is gone, and with it perhaps others.
    func entries(after position: StreamPosition, _ redis: RedisClient) async throws(RedisError) -> [SeatLogEntry]? {
        let reply = try await redis.send(
            "XRANGE",
            key,
            RedisArgument(position.description),
            "+",
            "COUNT",
            RedisArgument(Self.page + 1)
        )
        let entries = (reply.array ?? []).compactMap(SeatLogEntry.init)
        // The log is trimmed from its beginning, so what follows an entry that is still there is complete.
        guard entries.first?.position == position else { return nil }
        return Array(entries.dropFirst())
    }

    /// Waits for entries after `position`, for a while; the connection of `redis` serves nothing else meanwhile.
    func next(after position: StreamPosition, _ redis: RedisClient) async throws(RedisError) -> [SeatLogEntry] {
        let reply = try await redis.send(
            [
                "XREAD", "COUNT", RedisArgument(Self.page), "BLOCK", "2000", "STREAMS", key,
                RedisArgument(position.description),
            ],
            timeout: .seconds(4)
        )
        let entries = reply.array?.first?.array?.last?.array ?? []
        return (await alter?(entries) ?? entries).compactMap(SeatLogEntry.init)
    }
}
