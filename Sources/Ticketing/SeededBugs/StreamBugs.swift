import Contract
import RedisClient

/// Streams of seat changes that are wrong in one place; they get the entries of the seats' log as XREAD answers them.
enum StreamBugs {
    /// Every change has the same version.
    @Sendable
    static func constantVersion(_ entries: [RedisValue]) -> [RedisValue] {
        entries.map { entry in
            guard let (id, fields) = parts(entry) else { return entry }
            var changed = fields
            for place in stride(from: 0, to: fields.count - 1, by: 2) where fields[place].string == SeatLogField.version
            {
                changed[place + 1] = .integer(1)
            }
            return .array([id, .array(changed)])
        }
    }

    /// That a hold is over is not told.
    @Sendable
    static func silentExpiry(_ entries: [RedisValue]) -> [RedisValue] {
        entries.filter { parts($0).map { value(SeatLogField.operation, $0.fields) != "expire" } ?? true }
    }

    /// Changes are collected for a moment, and of two of one seat the later is told first.
    @Sendable
    static func reordered(_ entries: [RedisValue]) async -> [RedisValue] {
        try? await Task.sleep(for: .milliseconds(150))
        var told = entries
        var earlier: [String: Int] = [:]
        for place in told.indices {
            guard let (id, fields) = parts(told[place]), let seat = value(SeatLogField.seat, fields), !seat.isEmpty
            else { continue }
            if let before = earlier[seat], let (idBefore, fieldsBefore) = parts(told[before]) {
                told[before] = .array([idBefore, .array(fields)])
                told[place] = .array([id, .array(fieldsBefore)])
            }
            earlier[seat] = place
        }
        return told
    }

    private static func parts(_ entry: RedisValue) -> (id: RedisValue, fields: [RedisValue])? {
        guard let parts = entry.array, parts.count == 2, let fields = parts[1].array else { return nil }
        return (parts[0], fields)
    }

    private static func value(_ name: String, _ fields: [RedisValue]) -> String? {
        stride(from: 0, to: fields.count - 1, by: 2).first { fields[$0].string == name }.flatMap {
            fields[$0 + 1].string
        }
    }
}
