import Contract
import Foundation
import Hummingbird
import NIOHTTP1
import ServiceKit
import Testing
import TicketingTestKit

extension ContractTests {
    /// That the checker sees what it is there to see.
    @Suite struct CheckerTests {
        private static let trace = "0af7651916cd43dd8448eb211c80319c"
        private let pin = ContractExchange(
            service: .reservation,
            method: "POST",
            path: "/api/reservations/pin",
            requestBody: Data(#"{"orderId":"o","userId":"ann","eventId":"ev","seatIds":["R1C1"]}"#.utf8),
            status: 200,
            headers: ["Trace-Id": trace, "Content-Type": "application/json; charset=utf-8"],
            body: Data(#"{"expiresAt":"2026-12-24T20:00:00.000Z"}"#.utf8)
        )

        private func problems(_ change: (inout ContractExchange) -> Void) -> [String] {
            var exchange = pin
            change(&exchange)
            return ContractChecker.shared.problems(of: exchange)
        }

        @Test("an exchange as documented has no problem")
        func fine() {
            #expect(problems { _ in } == [])
        }

        @Test("an undocumented field, a missing header and an undocumented status are each caught, and so is the rest")
        func caught() {
            let cases: [(String, (inout ContractExchange) -> Void)] = [
                (
                    "body.seats: is not in the document",
                    { $0.body = Data(#"{"expiresAt":"2026-12-24T20:00:00.000Z","seats":1}"#.utf8) }
                ),
                ("the header Trace-Id is missing", { $0.headers.remove(name: "Trace-Id") }),
                ("has no such status in the document", { $0.status = 202 }),
                ("body.expiresAt: is missing", { $0.body = Data("{}".utf8) }),
                ("does not match", { $0.body = Data(#"{"expiresAt":"2026-12-24T20:00:00Z"}"#.utf8) }),
                ("is integer, not string", { $0.body = Data(#"{"expiresAt":1}"#.utf8) }),
                ("the body is not JSON", { $0.body = Data() }),
                ("the content type is", { $0.headers.replaceOrAdd(name: "Content-Type", value: "text/html") }),
                ("Trace-Id: \"x\" does not match", { $0.headers.replaceOrAdd(name: "Trace-Id", value: "x") }),
                ("the service accepts what the document does not: body.userId", { $0.requestBody = Data("{}".utf8) }),
                ("the service accepts what the document does not: body: is missing", { $0.requestBody = nil }),
                ("Request-Timeout-Ms: is string", { $0.requestHeaders.add(name: "Request-Timeout-Ms", value: "x") }),
                ("has no such operation", { $0.path = "/api/nothing" }), ("so this must be 405", { $0.method = "PUT" }),
            ]
            for (expected, change) in cases {
                let found = problems(change)
                #expect(found.contains { $0.contains(expected) }, "\(expected): \(found)")
            }
        }

        @Test("a refusal must have a code of its status, and be of something that the document forbids too")
        func refusals() {
            func refusal(_ status: Int, _ code: String) -> [String] {
                problems {
                    $0.status = status
                    $0.headers.add(name: "Retry-After", value: "1")
                    $0.body = Data(#"{"code":"\#(code)","message":"m","traceId":"\#(Self.trace)"}"#.utf8)
                }
            }
            #expect(refusal(410, "HOLD_EXPIRED") == [])
            #expect(refusal(410, "NOT_HOLDER").contains { $0.contains("is none of") })
            #expect(refusal(422, "VALIDATION_FAILED").contains { $0.contains("refuses what the document allows") })
        }

        @Test("the services' tests go through the checker: a service that says too much is an issue")
        func hooked() async throws {
            let settings = ServiceSettings(name: .order, authentication: .secret(TestStores.secret))
            let make: (@escaping @Sendable (Int) async -> Void) -> ServiceApplication = { onListening in
                ServiceApplication(settings: settings, readiness: [], logger: TestLog.quiet, onListening: onListening) {
                    $0.get("api/orders/{id}") { _, _ in try jsonResponse(.ok, ["secret": "of the house"]) }
                }
            }
            try await RunningService.with(make) { service in
                try await withKnownIssue {
                    _ = try await service.send(.GET, "/api/orders/o")
                } matching: { issue in
                    issue.comments.contains { $0.rawValue.contains("body.secret: is not in the document") }
                        || issue.comments.contains { $0.rawValue.contains("is missing") }
                }
            }
        }
    }
}
