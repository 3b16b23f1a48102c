import Contract
import Foundation
import MySQLClient
import ServiceKit
import Testing

@testable import Order

@Suite("Orders in MySQL")
struct OrderStoreTests {
    private let key = "key-" + UUID().uuidString
    private let trace = String(repeating: "b", count: 32)

    private func insert(_ suite: OrderSuite) async throws -> NewOrder {
        let event = try await suite.seedEvent()
        let inserted = try await suite.store.insert(
            CreateOrderRequest(eventId: event, seatIds: ["R1C1"]),
            key: try IdempotencyKey(user: "alice", header: key),
            traceID: trace,
            traceparent: "00-\(trace)-0123456789abcdef-01"
        )
        guard case .inserted(let order) = inserted else { throw OrderSuite.Unexpected(what: "insert", answer: nil) }
        return order
    }

    private func record(_ order: NewOrder, claim: Int64) -> OrderRecord {
        OrderRecord(
            id: order.id,
            user: "alice",
            event: order.request.eventId,
            seats: order.request.seatIds,
            amount: order.amount,
            epoch: order.epoch,
            status: .created,
            reason: nil,
            isAccepted: true,
            traceparent: nil,
            paymentRemaining: nil,
            claim: claim
        )
    }

    @Test("an order that was never accepted is cancelled by a sweep, and gives its key back")
    func abandoned() async throws {
        let suite = try await OrderSuite.shared.value
        let order = try await insert(suite)
        _ = try await suite.mysql.execute("UPDATE orders SET due_at = NOW(3) WHERE id = ?", [.text(order.id)])
        let ended = try await suite.end(of: order.id)
        #expect(ended.status == .cancelled)
        #expect(ended.reason == SagaReason.notAccepted)
        let id: [MySQLValue] = [.text(order.id)]
        #expect(try await suite.count("outbox WHERE message_key = ? AND payload LIKE '%ORDER_CANCELLED%'", id) == 1)
        #expect(try await suite.store.answer(try IdempotencyKey(user: "alice", header: key)) == nil)
        #expect(try await suite.store.accept(order: order.id, response: "{}") == nil)
    }

    @Test("storing the same answer again is the same acceptance")
    func acceptedTwice() async throws {
        let suite = try await OrderSuite.shared.value
        let order = try await insert(suite)
        let claim = try #require(try await suite.store.accept(order: order.id, response: "{}"))
        #expect(try await suite.store.accept(order: order.id, response: "{}") == claim)
        #expect(try await suite.store.accept(order: order.id, response: "{\"other\":1}") == nil)
    }

    @Test("a worker whose claim was taken by another changes nothing any more")
    func fenced() async throws {
        let suite = try await OrderSuite.shared.value
        let order = try await insert(suite)
        let claim = try #require(try await suite.store.accept(order: order.id, response: "{}"))
        let stale = record(order, claim: claim)
        let begun = try #require(try await suite.store.begin(stale))
        #expect(begun.status == .paying)
        #expect(begun.paymentRemaining ?? 0 > 13_000)
        #expect(try await suite.store.begin(stale) == nil)
        #expect(try await suite.store.renew(stale) == nil)
        #expect(try await !suite.store.settle(stale, as: .cancelled, reason: nil, traceparent: nil))
        #expect(try await suite.store.settle(begun, as: .paid, reason: nil, traceparent: nil))
        #expect(try await !suite.store.settle(begun, as: .cancelled, reason: nil, traceparent: nil))
        // What comes later is the saga of a PAID order whose seats nobody has pinned.
        #expect(try await suite.transitions(order.id).hasPrefix("CREATED PAYING PAID"))
        let cancelled = "order_transitions WHERE order_id = ? AND to_status = 'CANCELLED'"
        #expect(try await suite.count(cancelled, [.text(order.id)]) == 0)
    }

    @Test("a claim that was prolonged fences whoever has the old one, whatever the status")
    func prolonged() async throws {
        let suite = try await OrderSuite.shared.value
        let order = try await insert(suite)
        let claim = try #require(try await suite.store.accept(order: order.id, response: "{}"))
        let old = try #require(try await suite.store.begin(record(order, claim: claim)))
        // Claims are milliseconds: the new one is another.
        try await Task.sleep(for: .milliseconds(2))
        var new = old
        new.claim = try #require(try await suite.store.renew(old))
        #expect(new.claim > old.claim)
        try await suite.store.release(old)
        #expect(try await suite.store.renew(old) == nil)
        #expect(try await !suite.store.settle(old, as: .cancelled, reason: nil, traceparent: nil))
        #expect(try await suite.store.settle(new, as: .paid, reason: nil, traceparent: nil))
    }

    @Test("ten workers that look at once claim a due order once")
    func claimedOnce() async throws {
        let suite = try await OrderSuite.shared.value
        let order = try await insert(suite)
        _ = try await suite.mysql.execute("UPDATE orders SET due_at = NOW(3) WHERE id = ?", [.text(order.id)])
        let claims = try await withThrowingTaskGroup(of: [OrderRecord].self) { group in
            for _ in 0..<10 { group.addTask { try await suite.store.claimDue(limit: 50) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // The order service's own sweep may have been the one.
        #expect(claims.filter { $0.id == order.id }.count <= 1)
    }

    @Test("fifty inserts of one key at once make one row, through the database alone")
    func oneRow() async throws {
        let suite = try await OrderSuite.shared.value
        let event = try await suite.seedEvent()
        let results = try await withThrowingTaskGroup(of: InsertedOrder.self) { group in
            for _ in 0..<50 {
                group.addTask { [key, trace] in
                    try await suite.store.insert(
                        CreateOrderRequest(eventId: event, seatIds: ["R1C1"]),
                        key: try IdempotencyKey(user: "alice", header: key),
                        traceID: trace,
                        traceparent: "00-\(trace)-0123456789abcdef-01"
                    )
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let inserted = results.filter { if case .inserted = $0 { true } else { false } }
        #expect(inserted.count == 1)
        #expect(try await suite.count("orders WHERE event_id = ?", [.text(event)]) == 1)
    }
}
