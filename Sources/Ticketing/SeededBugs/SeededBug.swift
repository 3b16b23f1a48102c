import Order
import ServiceKit

/// The known bugs that this build can be started with, by the value of `TICKETING_BUG`.
package enum SeededBug: String, Sendable, CaseIterable {
    /// A hold is GET, then SET; and every fence behind it is gone, so that defence in depth does not hide it.
    case checkThenSet = "check-then-set"
    /// Whether a seat is sold is looked up outside the script that holds it.
    case soldCheckedOutside = "sold-checked-outside"
    /// Anybody can release a hold.
    case releaseAnyones = "release-anyones"
    /// Anybody can prolong a hold.
    case extendAnyones = "extend-anyones"
    /// A hold that is over is sold all the same.
    case confirmAfterExpiry = "confirm-after-expiry"
    /// The hold is removed before SOLD is written.
    case holdDeletedFirst = "hold-deleted-first"
    /// SOLD is set whatever was there.
    case unguardedSold = "unguarded-sold"
    /// An order does not need holds.
    case orderWithoutHold = "order-without-hold"
    /// The lock's key has the user in it, so that everybody has a lock of his own.
    case userInLockKey = "user-in-lock-key"
    /// A hold that nobody ends lasts for ever.
    case holdWithoutTTL = "hold-without-ttl"
    /// Holds end by the service's clock, which is ahead.
    case appClockExpiry = "app-clock-expiry"
    /// What is sold is forgotten when the reservation service starts.
    case soldWipedAtStart = "sold-wiped-at-start"
    /// A hold whose request failed is kept.
    case holdKeptOn500 = "hold-kept-on-500"
    /// An outbox row is marked before the broker answered.
    case sentBeforeAck = "sent-before-ack"
    /// A failed publish is never tried again.
    case failedIsFinal = "failed-is-final"
    /// An order and its outbox row are written in two transactions.
    case outboxOutsideTransaction = "outbox-outside-tx"
    /// Two relays publish one row, and the consumer minds.
    case relayRaces = "relay-races"
    /// The offset is committed before the effect.
    case commitBeforeEffect = "commit-before-effect"
    /// A message delivered again acts again.
    case notIdempotentConsumer = "not-idempotent-consumer"
    /// A late failure frees somebody else's hold.
    case compensateStrangers = "compensate-strangers"
    /// Some seats of an order are sold, then the process dies.
    case partialOrder = "partial-order"
    /// Idempotency is looked up, and not enforced.
    case keyNotUnique = "key-not-unique"
    /// A key answers whatever the body.
    case keyIgnoresBody = "key-ignores-body"
    /// A payment is tried again without a key.
    case retryChargesAgain = "retry-charges-again"
    /// Nobody claims an order; and the provider charges each time it is asked.
    case twoWorkersOneOrder = "two-workers-one-order"
    /// A slow payment has failed, and is never given back.
    case timeoutMeansFailed = "timeout-means-failed"
    /// Nobody asks what became of a payment.
    case stuckOnUnknown = "stuck-on-unknown"
    /// Every change on the stream has the same version.
    case constantVersion = "sse-constant-version"
    /// Changes of a seat change places on the stream.
    case reorders = "sse-reorders"
    /// The end of a hold is not told.
    case silentExpiry = "sse-silent-expiry"
    /// The trace ends at Kafka.
    case brokenTraceparent = "broken-traceparent"
    /// Redis is started again with nothing in it, and nobody brings back what was sold.
    case redisForgets = "redis-forgets"
    /// Calls are tried again at once, which keeps the breaker open.
    case noBackoff = "no-backoff"
    /// A connection is used again after half a reply.
    case offByOneReply = "off-by-one-reply"

    // Nothing is wrong in these: no alarm may be raised.

    /// The fences behind the oversell are gone.
    case fencesOff = "fences-off"
    /// The fences behind the pin are gone.
    case pinAlone = "pin-alone"
    /// Payments have no key.
    case unkeyedPayments = "unkeyed-payments"
    /// The relay is the simple one with the broker that misbehaves.
    case naiveRelay = "naive-relay"

    /// The variable that names the bug.
    package static let variable = "TICKETING_BUG"

    /// The bug that `environment` names.
    ///
    /// - Throws: ``SeededBugError`` when it names none, or one that is not known: this build must never be taken for an honest one.
    package static func read(environment: [String: String]) throws(SeededBugError) -> SeededBug {
        let names = allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = environment[variable], !name.isEmpty else {
            throw SeededBugError(
                description: "this build sells with known bugs and does not start without \(variable), one of: \(names)"
            )
        }
        guard let bug = SeededBug(rawValue: name) else {
            throw SeededBugError(description: "\(variable)=\(name) is not a known bug; the bugs are: \(names)")
        }
        return bug
    }

    /// What the bug changes of the suite.
    package var variations: TicketingVariations {
        var variations = fenced
        vary(&variations)
        return variations
    }

    /// The suite before the bug: only those that must be found by an oversell take the fences away that would hide them.
    private var fenced: TicketingVariations {
        switch self {
        case .checkThenSet, .unguardedSold, .soldWipedAtStart, .fencesOff: .withoutFences(bug: rawValue)
        case .confirmAfterExpiry, .orderWithoutHold, .pinAlone: .withPinAlone(bug: rawValue)
        default: TicketingVariations(bug: rawValue)
        }
    }

    private func vary(_ suite: inout TicketingVariations) {
        switch self {
        case .checkThenSet: suite.hold = CheckThenSet.hold
        case .soldCheckedOutside: suite.hold = SoldCheckedOutside.hold
        case .releaseAnyones: suite.scripts["release"] = HoldBugs.releaseAnyones
        case .extendAnyones: suite.scripts["extend"] = HoldBugs.extendAnyones
        case .confirmAfterExpiry:
            suite.scripts["pin"] = SaleBugs.pinWithoutHold
            suite.scripts["confirm"] = SaleBugs.confirmWhatever
        case .holdDeletedFirst: suite.scripts["confirm"] = SaleBugs.confirmDeletingFirst
        case .unguardedSold: suite.scripts["confirm"] = SaleBugs.confirmWhatever
        case .orderWithoutHold: suite.scripts["pin"] = SaleBugs.pinWithoutHold
        case .userInLockKey: suite.scripts["hold"] = HoldBugs.userInLockKey
        case .holdWithoutTTL: suite.scripts["hold"] = HoldBugs.withoutTTL
        case .appClockExpiry: suite.scripts["hold"] = HoldBugs.appClockExpiry
        case .soldWipedAtStart: suite.background = StoreBugs.wipingSold
        case .holdKeptOn500: suite.scripts["hold"] = HoldBugs.keptOnFailure
        case .sentBeforeAck: suite.relay = NaiveRelay.maker(.marksFirst)
        case .failedIsFinal: suite.relay = NaiveRelay.maker(.givesUp)
        case .relayRaces:
            suite.relay = NaiveRelay.maker(.hasTwin)
            suite.handling = MessageBugs.actingAgain
        case .commitBeforeEffect:
            suite.relay = NaiveRelay.maker([])
            suite.handling = MessageBugs.committingFirst
        case .notIdempotentConsumer:
            suite.relay = NaiveRelay.maker([])
            suite.handling = MessageBugs.actingAgain
        case .compensateStrangers:
            suite.scripts["pin"] = SaleBugs.pinBriefly
            suite.scripts["cancel"] = SaleBugs.cancelWhosever
        case .partialOrder: suite.scripts["confirm"] = SaleBugs.confirmFirstOnly
        case .keyNotUnique: suite.migrations.append(SchemaBugs.ordersWithoutKey)
        case .retryChargesAgain: suite.migrations.append(SchemaBugs.paymentsWithoutKey)
        case .twoWorkersOneOrder: suite.migrations += [SchemaBugs.paymentsWithoutKey, SchemaBugs.ordersWithoutClaims]
        case .stuckOnUnknown: suite.migrations.append(SchemaBugs.payingIsNeverDue)
        case .constantVersion: suite.seatLog = StreamBugs.constantVersion
        case .reorders: suite.seatLog = StreamBugs.reordered
        case .silentExpiry: suite.seatLog = StreamBugs.silentExpiry
        case .brokenTraceparent: suite.relay = NaiveRelay.maker(.losesTrace)
        case .redisForgets:
            suite.background = StoreBugs.withoutPersistence
            suite.remembering = StoreBugs.forgetful
        case .noBackoff: suite.hold = RedisBugs.retryStorm
        case .offByOneReply: suite.hold = RedisBugs.offByOne
        case .outboxOutsideTransaction, .keyIgnoresBody, .timeoutMeansFailed: break
        case .fencesOff, .pinAlone: break
        case .unkeyedPayments: suite.migrations.append(SchemaBugs.paymentsWithoutKey)
        case .naiveRelay: suite.relay = NaiveRelay.maker([])
        }
    }

    /// What the bug changes of the order service.
    package var orderVariations: OrderVariations {
        var orders = OrderVariations.none
        switch self {
        case .outboxOutsideTransaction: orders.announce = OrderBugs.announceLater
        case .keyIgnoresBody: orders.isSame = OrderBugs.anyBody
        case .retryChargesAgain: orders.decide = OrderBugs.payAgain
        case .timeoutMeansFailed: orders.decide = OrderBugs.timeoutMeansFailed
        case .stuckOnUnknown: orders.decide = OrderBugs.leaveUnknown
        default: break
        }
        return orders
    }
}

/// Why the build with bugs does not start.
package struct SeededBugError: Error, Sendable, CustomStringConvertible {
    package let description: String
}
