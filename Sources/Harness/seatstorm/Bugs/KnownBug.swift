/// A bug that the suite can be built with, the scenario that provokes it, and the invariants that must find it.
struct KnownBug: Sendable {
    var name: String
    /// A file of `scenarios/bugs`, without its suffix.
    var scenario: String
    /// Each of them must be violated; empty for what must raise no alarm.
    var foundBy: [String]

    /// The bugs of the table in verification.md that this version can be built with.
    static let all: [KnownBug] = [
        KnownBug(name: "check-then-set", scenario: "rush", foundBy: ["oversell", "seat-history"]),
        KnownBug(name: "sold-checked-outside", scenario: "rush", foundBy: ["seat-history", "stores-agree"]),
        KnownBug(name: "release-anyones", scenario: "strangers", foundBy: ["owner-only"]),
        KnownBug(name: "extend-anyones", scenario: "strangers", foundBy: ["owner-only"]),
        KnownBug(name: "confirm-after-expiry", scenario: "latecomers", foundBy: ["oversell", "seat-history"]),
        KnownBug(name: "unguarded-sold", scenario: "latecomers", foundBy: ["oversell"]),
        KnownBug(name: "order-without-hold", scenario: "barefaced", foundBy: ["oversell"]),
        KnownBug(name: "user-in-lock-key", scenario: "rush", foundBy: ["seat-history"]),
        KnownBug(name: "hold-without-ttl", scenario: "lapses", foundBy: ["no-orphan-hold"]),
        KnownBug(name: "app-clock-expiry", scenario: "lapses", foundBy: ["no-early-loss"]),
        KnownBug(name: "fences-off", scenario: "rush", foundBy: []),
    ]
}
