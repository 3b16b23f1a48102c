import Contract
import Foundation
import MySQLClient
import Payment
import Testing

@Suite("Charges in MySQL")
struct PaymentStoreTests {
    private let order = UUID().uuidString.lowercased()
    private let trace = String(repeating: "a", count: 32)

    @Test("fifty authorizations of one order at once make one charge and fifty equal answers")
    func concurrentAuthorize() async throws {
        let suite = try await PaymentSuite.shared.value
        let answers = try await withThrowingTaskGroup(of: PaymentBody.self) { group in
            for index in 0..<50 {
                group.addTask { [order, trace] in
                    // Every other one would be declined, were it the first.
                    try await suite.store.authorize(
                        order: order,
                        amount: 500,
                        declined: index.isMultiple(of: 2),
                        trace: trace
                    )
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 50)
        #expect(Set(answers.map(\.paymentId)).count == 1)
        #expect(Set(answers.map(\.status)).count == 1)
        let decided = try await suite.attempts(order, answers.first?.status.rawValue ?? "")
        #expect(decided == 1)
        #expect(try await suite.attempts(order, "replay") == 49)
    }

    @Test("a refund returns the charge, once, however often it is asked for")
    func refund() async throws {
        let suite = try await PaymentSuite.shared.value
        let paid = try await suite.store.authorize(order: order, amount: 700, declined: false, trace: trace)
        for _ in 0..<3 {
            #expect(try await suite.store.refund(order: order, trace: trace).result == .refunded)
        }
        let again = try await suite.store.authorize(order: order, amount: 700, declined: false, trace: trace)
        #expect(again.paymentId == paid.paymentId)
        #expect(again.status == .success)
        #expect(again.refunded == true)
        let refunds = try await suite.mysql.query("SELECT amount FROM refunds WHERE order_id = ?", [.text(order)])
        #expect(try refunds.map { try $0.int("amount") } == [700])
    }

    @Test("after a refund of what was never charged, authorize fails for good")
    func tombstone() async throws {
        let suite = try await PaymentSuite.shared.value
        #expect(try await suite.store.refund(order: order, trace: trace).result == .neverCharged)
        for _ in 0..<2 {
            let late = try await suite.store.authorize(order: order, amount: 100, declined: false, trace: trace)
            #expect(late.status == .fail)
        }
        #expect(try await suite.store.refund(order: order, trace: trace).result == .neverCharged)
    }

    @Test("a refund and an authorization at once end as charged and returned, or as never charged", arguments: 0..<20)
    func race(_ round: Int) async throws {
        let suite = try await PaymentSuite.shared.value
        async let authorized = suite.store.authorize(order: order, amount: 100, declined: false, trace: trace)
        async let refunded = suite.store.refund(order: order, trace: trace)
        let (payment, refund) = try await (authorized, refunded)
        #expect((payment.status == .success) == (refund.result == .refunded))
        let rows = try await suite.mysql.query("SELECT status FROM payments WHERE order_id = ?", [.text(order)])
        #expect(try rows.map { try $0.string("status") } == [refund.result == .refunded ? "refunded" : "fail"])
    }
}
