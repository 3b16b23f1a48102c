import Contract
import Foundation
import MySQLClient
import Testing
import TicketingTestKit

extension ContractTests {
    /// One key, one order, one charge, whatever is sent again.
    @Suite struct PurchaseTests {
        @Test(
            "an order of three seats sent 50 times at once with one key: one row, one charge, 50 equal answers, three tickets"
        )
        func fiftyTimes() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.event()
            let seats = ["R1C1", "R1C2", "R1C3"]
            for seat in seats { try await suite.succeed("createHold", event: event, seat: seat) }
            var call = try ContractCall("createOrder", event: event)
            call.body = #"{"eventId":"\#(event)","seatIds":["R1C1","R1C2","R1C3"]}"#
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<50 { group.addTask { [call] in try await suite.services.send(call) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 201 } == 1)
            #expect(answers.count { $0.status == 200 } == 49)
            #expect(Set(answers.map(\.body)).count == 1)

            let order = try #require(answers.first).json(OrderBody.self)
            #expect(order.amount == 300)
            let isConfirmed = try await eventually(within: .seconds(30)) {
                let now = try await suite.succeed("getOrder", order: order.orderId).json(OrderBody.self)
                return now.status == .confirmed
            }
            #expect(isConfirmed)
            let id = MySQLValue.text(order.orderId)
            #expect(try await suite.count("orders WHERE event_id = ?", .text(event)) == 1)
            #expect(
                try await suite.count("payments WHERE order_id = ? AND status = 'success' AND amount = 300", id) == 1
            )
            #expect(try await suite.count("payment_attempts WHERE order_id = ? AND outcome = 'success'", id) == 1)
            #expect(try await suite.count("tickets WHERE order_id = ?", id) == 3)
            #expect(try await suite.count("refunds WHERE order_id = ?", id) == 0)
            let map = try await suite.succeed("getSeats", event: event).json(SeatMapBody.self)
            #expect(map.seats.map(\.status) == [.sold, .sold, .sold, .available])
            // Long after, it is still the first answer, not the order as it is now.
            let late = try await suite.services.send(call)
            #expect(late.status == 200)
            #expect(late.body == answers.first?.body)
        }
    }
}
