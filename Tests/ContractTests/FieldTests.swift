import Foundation
import Testing
import TicketingTestKit

extension ContractTests {
    /// What is wrong with a request is said by name.
    @Suite struct FieldTests {
        private static let withBody = OpenAPIDocument.shared.operations.filter { $0.bodySchema != nil }.map(\.id)

        @Test("a field that is missing, ill-typed or out of range is a 422 that names it", arguments: withBody)
        func fields(_ id: String) async throws {
            let suite = try await ContractSuite.shared.value
            let call = try ContractCall(id)
            let valid = try JSONDecoder().decode(JSONValue.self, from: Data((call.body ?? "").utf8))
            let cases = FieldCase.all(of: call.operation.bodySchema ?? .null, valid, in: .shared)
            #expect(cases.count >= 3)
            for wrong in cases {
                var call = call
                call.body = wrong.body.text
                let answer = try await suite.services.send(call)
                #expect(answer.code == "VALIDATION_FAILED", "\(wrong.field): \(wrong.fault)")
                #expect(answer.text.contains(wrong.field), "\(wrong.fault): \(answer.text)")
            }
        }

        @Test("a body that is JSON and no object is a 422; one that is no JSON is a 400", arguments: withBody)
        func bodies(_ id: String) async throws {
            let suite = try await ContractSuite.shared.value
            for (body, code) in [
                ("[]", "VALIDATION_FAILED"), ("7", "VALIDATION_FAILED"), ("{", "MALFORMED_REQUEST"),
                ("x", "MALFORMED_REQUEST"), ("{\"a\":1}}", "MALFORMED_REQUEST"),
            ] {
                let answer = try await suite.call(id) { $0.body = body }
                #expect(answer.code == code, "\(body)")
            }
        }

        @Test("unknown fields are ignored", arguments: withBody)
        func unknownFields(_ id: String) async throws {
            let suite = try await ContractSuite.shared.value
            let order = TestStores.uniqueID("order")
            let event =
                try await
                (id == "confirmSeat" ? suite.pinned(to: order) : id == "createHold" ? suite.event() : suite.held())
            let answer = try await suite.succeed(id, event: event, order: order) { call in
                call.body = call.body.map { $0.dropLast() + #","note":{"a":[1,null]}}"# }
            }
            #expect((200...201).contains(answer.status))
            if id == "putFaults" { try await suite.succeed("deleteFaults") }
        }

        @Test("headers are held to their limits")
        func headers() async throws {
            let suite = try await ContractSuite.shared.value
            for timeout in ["0", "-1", "3600001", "1.5", ""] {
                let answer = try await suite.call("getHealth") { $0.headers["Request-Timeout-Ms"] = timeout }
                #expect(answer.status == 422, "\"\(timeout)\"")
                #expect(answer.text.contains("Request-Timeout-Ms"))
            }
            let event = try await suite.held()
            for key in [nil, "", "1234567", String(repeating: "k", count: 101), "with a space"] {
                let answer = try await suite.call("createOrder", event: event) { $0.headers["Idempotency-Key"] = key }
                #expect(answer.code == "MALFORMED_REQUEST", "\(key ?? "none")")
                #expect(answer.text.contains("Idempotency-Key"))
            }
            for id in ["extendHold", "releaseHold", "confirmSeat"] {
                let answer = try await suite.call(id, event: event) {
                    $0.headers["Hold-Token"] = String(repeating: "t", count: 129)
                }
                #expect(answer.code == "VALIDATION_FAILED", "\(id)")
                #expect(answer.text.contains("Hold-Token"))
            }
            let long = try await suite.call("getPayment", order: String(repeating: "o", count: 65))
            #expect(long.code == "VALIDATION_FAILED")
            #expect(long.text.contains("orderId"))
        }
    }
}
