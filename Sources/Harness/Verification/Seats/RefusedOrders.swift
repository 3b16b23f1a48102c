/// Orders that were refused although every seat of theirs was the caller's own, free of any other order, all the while: by the seats' log.
///
/// The search does not see them, since an order takes all its seats or none, and a seat's history is searched for itself.
struct RefusedOrders {
    /// By how much a hold must last longer than the refusal, in milliseconds: clocks are slewed.
    private static let margin = SeatHistory.epsilon / 1_000

    private let refused: [ClientSeatOrder]
    private let entries: [SeatID: [SeatLogEntry]]
    /// Events of which the log does not say all.
    private let lost: Set<String>

    init(_ clients: ClientEvidence, _ redis: RedisEvidence, lost: Set<String>) {
        refused = clients.seatOrders.filter { $0.isRefused && !$0.seats.isEmpty && $0.user != "anonymous" }
            .map { $0.moved(by: redis) }
        entries = redis.logGap == nil ? Dictionary(grouping: redis.log, by: \.seatID) : [:]
        self.lost = lost
    }

    /// How many there were to judge.
    var count: Int { refused.count }

    var violations: [Violation] {
        refused.compactMap { order in
            let from = order.invoke / 1_000 - Self.margin
            let to = (order.return) / 1_000 + Self.margin
            guard order.seats.allSatisfy({ wasHeld($0, by: order.user, from, to) }), let seat = order.seats.min() else {
                return nil
            }
            return Violation(
                event: seat.event,
                seat: seat.seat,
                message:
                    "\(order.user) was refused his order (\(order.status ?? 0)) while every seat of it was held by himself",
                users: [order.user]
            )
        }
    }

    /// Whether the seat was the user's own from `from` to `to`, in milliseconds by Redis' clock, and pinned to nothing.
    private func wasHeld(_ seat: SeatID, by user: String, _ from: Int64, _ to: Int64) -> Bool {
        guard !lost.contains(seat.event), let changes = entries[seat],
            let last = changes.last(where: { $0.time <= to }), last.time < from
        else { return false }
        return ["hold", "extend"].contains(last.operation) && last.user == user && (last.deadline ?? 0) > to
    }
}
