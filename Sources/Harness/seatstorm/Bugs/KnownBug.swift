/// A bug that the suite can be built with, the scenario that provokes it, and the invariants that must find it.
struct KnownBug: Sendable {
    var name: String
    var provocation: Provocation
    /// Each of them must be violated; empty for what must raise no alarm.
    var foundBy: [String]
    /// How long a run waits for the suite to come to rest, in seconds; nil for as long as the suite is entitled to.
    ///
    /// Short: the clean suite is at rest long before, and what the bug has broken stays so.
    var quietLimit: Int?

    /// What a run is told to do, with the bug and without.
    struct Provocation: Sendable, Hashable {
        /// A file of `scenarios/bugs`, without its suffix.
        var scenario: String
        /// Services of which several processes run: `order=2`.
        var instances: [String] = []

        /// As the table names it.
        var name: String { ([scenario] + instances).joined(separator: ", ") }

        init(_ scenario: String, instances: [String] = []) {
            self.scenario = scenario
            self.instances = instances
        }
    }

    /// Makes an entry.
    init(
        _ name: String,
        _ scenario: String,
        instances: [String] = [],
        foundBy: [String],
        quietLimit: Int = 5
    ) {
        self.quietLimit = foundBy.isEmpty ? nil : quietLimit
        self.name = name
        self.provocation = Provocation(scenario, instances: instances)
        self.foundBy = foundBy
    }

    /// The bugs of the table in verification.md, and builds in which nothing is wrong but a fence is gone.
    static let all: [KnownBug] = [
        KnownBug("check-then-set", "rush", foundBy: ["oversell", "seat-history"]),
        KnownBug("sold-checked-outside", "rush", foundBy: ["seat-history", "stores-agree"]),
        KnownBug("release-anyones", "strangers", foundBy: ["owner-only"]),
        KnownBug("extend-anyones", "strangers", foundBy: ["owner-only"]),
        KnownBug("confirm-after-expiry", "latecomers", foundBy: ["oversell", "seat-history"]),
        KnownBug("hold-deleted-first", "rush", foundBy: ["seat-history"]),
        KnownBug("unguarded-sold", "latecomers", foundBy: ["oversell"]),
        KnownBug("order-without-hold", "barefaced", foundBy: ["oversell"]),
        KnownBug("user-in-lock-key", "rush", foundBy: ["seat-history"]),
        KnownBug("hold-without-ttl", "lapses", foundBy: ["no-orphan-hold"]),
        KnownBug("app-clock-expiry", "lapses", foundBy: ["no-early-loss"]),
        // At rest, as redis-forgets: an order that was refused while reservation restarted is cancelled after 10 s.
        KnownBug("sold-wiped-at-start", "restart", foundBy: ["oversell", "stores-agree"], quietLimit: 20),
        KnownBug("hold-kept-on-500", "pairs", foundBy: ["progress", "no-orphan-hold"]),
        KnownBug("sent-before-ack", "pairs", foundBy: ["outbox-complete"]),
        KnownBug("failed-is-final", "pairs", foundBy: ["saga-ends"]),
        KnownBug("outbox-outside-tx", "pairs", foundBy: ["outbox-complete"]),
        KnownBug("relay-races", "pairs", foundBy: ["effect-once"]),
        KnownBug("commit-before-effect", "slow-redis", foundBy: ["nothing-lost", "saga-ends"]),
        KnownBug("not-idempotent-consumer", "pairs", foundBy: ["effect-once"]),
        KnownBug("compensate-strangers", "late-payments", foundBy: ["owner-only"]),
        KnownBug("partial-order", "pairs", foundBy: ["order-atomic"]),
        KnownBug("key-not-unique", "same-key", instances: ["order=2"], foundBy: ["idempotent"]),
        KnownBug("key-ignores-body", "same-key", instances: ["order=2"], foundBy: ["idempotent"]),
        KnownBug("retry-charges-again", "slow-payments", foundBy: ["no-double-charge", "money-conserved"]),
        KnownBug("two-workers-one-order", "late-payments", foundBy: ["no-double-charge"]),
        KnownBug("timeout-means-failed", "slow-payments", foundBy: ["charge-has-ticket"]),
        KnownBug("stuck-on-unknown", "slow-payments", foundBy: ["saga-ends"]),
        KnownBug("sse-constant-version", "watch", foundBy: ["sse-monotonic", "sse-converges"]),
        KnownBug("sse-reorders", "watch", foundBy: ["sse-monotonic"]),
        KnownBug("sse-silent-expiry", "watch", foundBy: ["sse-complete"]),
        KnownBug("broken-traceparent", "pairs", foundBy: ["trace-complete"]),
        // At rest: an order that was refused while Redis was away is cancelled after 10 s.
        KnownBug("redis-forgets", "loss", foundBy: ["no-early-loss", "stores-agree"], quietLimit: 20),
        KnownBug("no-backoff", "blackout", foundBy: ["progress"]),
        KnownBug("off-by-one-reply", "outage", foundBy: ["honest-refusal", "seat-history"]),
        // The scenarios of bugs whose builds have fences off, with nothing else wrong: what is found must be the bug. Not for
        // unguarded-sold, which needs the pin's own check off: that alone lets strangers pin, and owner-only says so.
        KnownBug("fences-off", "rush", foundBy: []),
        KnownBug("fences-off", "restart", foundBy: []),
        KnownBug("pin-alone", "latecomers", foundBy: []),
        KnownBug("pin-alone", "barefaced", foundBy: []),
        KnownBug("unkeyed-payments", "late-payments", foundBy: []),
        KnownBug("naive-relay", "pairs", foundBy: []),
    ]
}
