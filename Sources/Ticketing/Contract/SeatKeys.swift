/// The Redis keys of one event.
///
/// All share the hash tag `{E}`, so an event lives on one shard of a Redis Cluster.
package struct SeatKeys: Sendable, Hashable {
    /// The event.
    package let event: String

    /// Names the keys of `event`.
    package init(event: String) { self.event = event }

    /// What every key of the event begins with; scripts build the keys of single seats from it.
    package var prefix: String { "seat:{\(event)}:" }
    /// String: the event's generation.
    ///
    /// Absent or other than expected: every script refuses.
    package var epoch: String { prefix + "epoch" }
    /// String: the `run_id` of the Redis process under which the event was opened.
    ///
    /// Another than the server's: it was restarted, and may have lost what it last acknowledged; every script refuses.
    package var run: String { prefix + "run" }
    /// String: the generation that is being written, while an event is being opened; absent otherwise.
    package var opening: String { prefix + "opening" }
    /// Sorted set: seat by deadline, in milliseconds of Redis' clock.
    package var leases: String { prefix + "leases" }
    /// Hash: seat → last version.
    package var versions: String { prefix + "ver" }
    /// Stream of changes with the fields of ``SeatLogField``, capped at about ``logLength`` entries.
    package var log: String { prefix + "log" }
    /// Hash with the fields of ``HoldField``, while the seat is held.
    package func hold(_ seat: String) -> String { prefix + seat + ":hold" }
    /// Hash with the fields of ``SoldField``, once the seat is sold.
    package func sold(_ seat: String) -> String { prefix + seat + ":sold" }

    /// About how many changes an event's log keeps.
    package static let logLength = 100_000
    /// The pattern that finds every key of every event.
    package static let pattern = "seat:{*"
}

/// Fields of `seat:{E}:S:hold`.
package enum HoldField {
    package static let token = "token"
    package static let user = "user"
    /// The order to which the hold is pinned; absent before.
    package static let order = "order"
    /// Milliseconds since 1970, by Redis' clock.
    package static let deadline = "deadline"
    package static let version = "version"
}

/// Fields of `seat:{E}:S:sold`.
package enum SoldField {
    /// The order, or empty for a box-office sale.
    package static let order = "order"
    package static let user = "user"
    package static let version = "version"
}

/// Fields of an entry of `seat:{E}:log`.
package enum SeatLogField {
    package static let seat = "seat"
    /// ``SeatStatus`` before.
    package static let from = "from"
    /// ``SeatStatus`` after.
    package static let to = "to"
    package static let user = "user"
    package static let order = "order"
    package static let trace = "trace"
    package static let version = "version"
    /// What happened: `hold`, `extend`, `release`, `expire`, `pin`, `confirm`, `cancel`, `correct`; or a ``SeatLogOpening``, which
    /// concerns the whole event, so that its seat is empty.
    package static let operation = "op"
    /// The hold's new deadline in milliseconds by Redis' clock, or empty.
    package static let deadline = "deadline"
}

/// Why an event is open in a new epoch.
package enum SeatLogOpening: String, Sendable {
    /// It is new, or was reset: every seat is free.
    case reset
    /// Redis had lost it: what MySQL knows of was written back.
    case restore
}

/// What a seat is, for a reader.
package enum SeatStatus: String, Codable, Sendable, CaseIterable {
    case available = "AVAILABLE"
    case held = "HELD"
    case sold = "SOLD"
}

/// A seat's version is epoch · 2³² + n, so it rises across losses and restarts of Redis.
package enum SeatVersion {
    /// The first version of `epoch`.
    package static func base(epoch: Int64) -> Int64 { epoch << 32 }
}
