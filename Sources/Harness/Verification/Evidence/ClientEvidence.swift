import Contract
import Foundation

/// What the clients were told: holds granted, orders accepted, ends of orders seen.
package struct ClientEvidence: Codable, Sendable {
    /// A hold that a user was granted, with what he did to it afterwards.
    package struct Grant: Codable, Sendable, Equatable {
        package var user: String
        package var seat: SeatID
        package var token: String
        /// Redis' clock in milliseconds: when the lease began and when it ends.
        ///
        /// Asked for again with another length, a hold has the new length in its answer: it may have begun later than that says.
        package var from: Int64
        package var until: Int64
        /// When it was asked for, by this process' wall clock in milliseconds.
        package var invoke: Double
        /// The seat's version; its upper half is the event's epoch, which a loss of Redis raises.
        package var version: Int64 = 0
        /// The history's index.
        package var index: Int
        package var trace: String
    }

    /// Something a user did that may have ended a hold of his; times are this process' wall clock in milliseconds.
    package struct Touch: Codable, Sendable, Equatable {
        package enum Kind: Codable, Sendable, Equatable {
            /// Released, or ordered with an end that is not known to be CONFIRMED.
            case mayEnd
            /// Prolonged to a deadline by Redis' clock.
            case extended(until: Int64)
        }
        package var user: String
        package var seat: SeatID
        package var invoke: Double
        package var kind: Kind
    }

    /// An order that a user was told had been accepted.
    package struct Order: Codable, Sendable, Equatable {
        package var id: String
        package var user: String
        package var seats: [SeatID]
        /// CONFIRMED if he was ever told so, else the last status that he was told.
        package var status: OrderStatus
    }

    /// Who sent an `Idempotency-Key`: keys belong to their user.
    package struct KeyOwner: Codable, Hashable, Sendable {
        package var user: String
        package var key: String

        package init(user: String, key: String) {
            self.user = user
            self.key = key
        }
    }

    /// An order request that was answered with an order.
    package struct Placed: Codable, Sendable, Equatable {
        package var order: String
        /// Event and seats asked for.
        package var seats: [SeatID]
        /// The answer, byte for byte.
        package var reply: String

        package init(order: String, seats: [SeatID], reply: String) {
            self.order = order
            self.seats = seats
            self.reply = reply
        }
    }

    /// A request to a route of the contract: when it was sent and when it ended, and whether the suite answered.
    package struct Request: Codable, Sendable, Equatable {
        /// In seconds after the start of the load.
        package var at: Double
        /// When it was answered or given up, in seconds after the start of the load.
        package var until: Double
        package var isAnswered: Bool

        package init(at: Double, until: Double, isAnswered: Bool) {
            self.at = at
            self.until = until
            self.isAnswered = isAnswered
        }
    }

    /// Every request of the history.
    package var requests: [Request] = []
    package var grants: [Grant] = []
    package var touches: [Touch] = []
    package var orders: [String: Order] = [:]
    /// Every order request that was answered, by who sent it with which key.
    package var placed: [KeyOwner: [Placed]] = [:]
    /// Order requests sent, whatever came of them.
    package var orderRequests = 0
    /// What was done to seats, with times by this process' wall clock.
    package var seatCalls: [ClientSeatCall] = []
    /// What was done with orders, which changes seats without a call to them.
    package var seatOrders: [ClientSeatOrder] = []
    /// How many lines the history has.
    package var lines = 0
    /// How the history's moments are told in wall time.
    package var clock = HistoryHeader(history: 1, startMonotonic: 0, startWall: 0)
    /// What was received on streams of seats.
    package var streams = StreamHistory()
    /// With which keys orders were posted of which nobody knows whether they were accepted.
    package var unansweredKeys: Set<String> = []
    /// Grants by event: the winners of each wave.
    package var grantsByEvent: [String: Int] { Dictionary(grants.map { ($0.seat.event, 1) }, uniquingKeysWith: +) }

    /// Evidence of nothing; tests fill it.
    package init() {}

    /// Reads a history of a run.
    ///
    /// - Throws: `EvidenceError` that names the line when the history is missing, cut off or broken.
    package static func read(history path: String) throws -> ClientEvidence {
        var sorters: (told: HistorySorter, seats: SeatCallSorter)?
        var clock: HistoryHeader?
        let read = try HistoryReader.read(path: path) { header in
            clock = header
            sorters = (HistorySorter(header: header), SeatCallSorter(header: header))
        } _: { entry in
            try sorters?.told.take(entry)
            try sorters?.seats.take(entry)
        }
        var evidence = sorters?.told.finish() ?? ClientEvidence()
        evidence.seatCalls = sorters?.seats.finish() ?? []
        evidence.seatOrders = sorters?.seats.orders ?? []
        evidence.streams = read.streams
        evidence.lines = read.lines
        if let clock { evidence.clock = clock }
        return evidence
    }
}
