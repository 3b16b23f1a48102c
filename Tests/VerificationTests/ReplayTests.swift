import Contract
import Testing

@testable import Verification

@Suite("What changed when messages were delivered again")
struct ReplayTests {
    private func changes(_ change: (inout MySQLEvidence) -> Void) -> [ReplayEvidence.Change] {
        guard let before = cleanRun().mysql.content else { return [] }
        var after = before
        change(&after)
        return OrderEffects(ofEnded: before).changes(to: OrderEffects(ofEnded: after))
    }

    @Test("a second answer, and another end, each with what was there before")
    func told() {
        #expect(
            changes { mysql in
                mysql.outbox.append(
                    .init(id: 7, topic: "reservation.events", order: "o1", kind: "SEATS_CONFIRMED", isSent: true)
                )
                mysql.orders["o2"]?.status = .cancelled
            } == [
                .init(order: "o1", effect: "SEATS_CONFIRMED in the outbox", before: 1, after: 2),
                .init(order: "o2", effect: "the status CANCELLED", before: 0, after: 1),
                .init(order: "o2", effect: "the status CONFIRMED", before: 1, after: 0),
            ]
        )
    }

    @Test("money that is taken or given back once more")
    func money() {
        #expect(
            changes { mysql in
                mysql.money.attempts.append(.init(order: "o1", kind: "authorize", amount: 100, outcome: "success"))
                mysql.money.payments["o2"]?.status = .refunded
                mysql.money.refunds["o2"] = 100
            }.map(\.effect) == [
                "a charge", "a payment that is refunded", "a payment that is success", "a refund of 100",
            ]
        )
    }

    @Test("an attempt whose answer nobody waited for is no change")
    func lateAttempts() {
        #expect(
            changes { mysql in
                mysql.money.attempts += [
                    .init(order: "o1", kind: "authorize", amount: 100, outcome: "replay"),
                    .init(order: "o3", kind: "authorize", amount: 100, outcome: "fail"),
                    .init(order: "o3", kind: "refund", amount: 0, outcome: "never-charged"),
                ]
            } == []
        )
    }
}
