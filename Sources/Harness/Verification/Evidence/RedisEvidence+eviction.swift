import RedisClient

extension RedisEvidence {
    /// What `evicted_keys` of INFO stands at.
    static func evictedKeys(_ redis: RedisClient) async throws -> Int64 {
        let reply = try await redis.send("INFO", "stats")
        let line = reply.string?.split(whereSeparator: \.isNewline).first { $0.hasPrefix("evicted_keys:") }
        guard let count = line.flatMap({ Int64($0.dropFirst("evicted_keys:".count)) }) else {
            throw EvidenceError("INFO stats of Redis names no evicted_keys")
        }
        return count
    }
}
