import RedisClient

extension RedisEvidence {
    /// What `evicted_keys` of INFO stands at.
    static func evictedKeys(_ redis: RedisClient) async throws -> Int64 {
        let info = try await redis.send("INFO", "stats").string ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("evicted_keys:") }
        return line.flatMap { Int64($0.dropFirst("evicted_keys:".count)) } ?? 0
    }
}
