import AsyncHTTPClient
import Contract
import Foundation
import NIOCore
import Payment
import Testing

/// One after the other: faults belong to the process.
@Suite("The payment service over HTTP", .serialized)
struct PaymentRouteTests {
    private let order = UUID().uuidString.lowercased()
    private var authorize: String { #"{"orderId":"\#(order)","amount":250}"# }

    @Test("authorize, ask, refund, ask")
    func happyPath() async throws {
        let suite = try await PaymentSuite.shared.value
        #expect(try await suite.call("GET", "/api/payments/\(order)").status == 404)
        let paid = try await suite.call("POST", "/api/payments/authorize", authorize)
        #expect(paid.status == 200)
        #expect(paid.body.contains(#""status":"success""#))
        let asked = try await suite.call("GET", "/api/payments/\(order)")
        let decoder = JSONDecoder()
        #expect(
            try decoder.decode(PaymentBody.self, from: Data(asked.body.utf8))
                == decoder.decode(PaymentBody.self, from: Data(paid.body.utf8))
        )
        let refund = try await suite.call("POST", "/api/payments/\(order)/refund")
        #expect(refund.status == 200)
        #expect(refund.body.contains(#""result":"refunded""#))
        #expect(try await suite.call("GET", "/api/payments/\(order)").body.contains(#""refunded":true"#))
    }

    @Test(
        "what the contract does not allow is refused with the field's name",
        arguments: [
            (#"{"amount":1}"#, 422, "orderId"), (#"{"orderId":""}"#, 422, "orderId"),
            (#"{"orderId":"o","amount":-1}"#, 422, "amount"), (#"{"orderId":"o","amount":"1"}"#, 422, "amount"),
            ("not json", 400, "MALFORMED_REQUEST"),
        ]
    )
    func refused(_ body: String, _ status: Int, _ word: String) async throws {
        let suite = try await PaymentSuite.shared.value
        let answer = try await suite.call("POST", "/api/payments/authorize", body)
        #expect(answer.status == status)
        #expect(answer.body.contains(word))
    }

    @Test("without a token nothing is charged, refunded or broken")
    func unauthenticated() async throws {
        let suite = try await PaymentSuite.shared.value
        for (method, path) in [
            ("POST", "/api/payments/authorize"), ("POST", "/api/payments/x/refund"), ("GET", "/api/admin/faults"),
            ("PUT", "/api/admin/faults"), ("DELETE", "/api/admin/faults"),
        ] {
            let answer = try await suite.call(method, path, "{}", authenticated: false)
            #expect(answer.status == 401, "\(method) \(path)")
        }
    }

    @Test("faults are put, seen, counted and removed")
    func faults() async throws {
        let suite = try await PaymentSuite.shared.value
        let put = try await suite.call("PUT", "/api/admin/faults", #"{"failRate":1,"seed":4,"ttlSeconds":60}"#)
        #expect(put.status == 200)
        #expect(try await suite.call("POST", "/api/payments/authorize", authorize).body.contains(#""status":"fail""#))
        let report = try await suite.call("GET", "/api/admin/faults").body
        let seen = try JSONDecoder().decode(PaymentFaultsBody.self, from: Data(report.utf8))
        #expect(seen.active?.failRate == 1)
        #expect(seen.matched == 1)
        #expect(seen.failed == 1)
        let cleared = try await suite.call("DELETE", "/api/admin/faults").body
        #expect(try JSONDecoder().decode(PaymentFaultsBody.self, from: Data(cleared.utf8)).active == nil)
        let bad = try await suite.call("PUT", "/api/admin/faults", #"{"hangRate":3}"#)
        #expect(bad.status == 422)
        #expect(bad.body.contains("hangRate"))
    }

    @Test("an injected error charges nothing; the next attempt does")
    func error() async throws {
        let suite = try await PaymentSuite.shared.value
        _ = try await suite.call("PUT", "/api/admin/faults", #"{"errorRate":1}"#)
        #expect(try await suite.call("POST", "/api/payments/authorize", authorize).status == 500)
        #expect(try await suite.call("GET", "/api/payments/\(order)").status == 404)
        #expect(try await suite.attempts(order, "error") == 1)
        _ = try await suite.call("DELETE", "/api/admin/faults")
        #expect(try await suite.call("POST", "/api/payments/authorize", authorize).status == 200)
    }

    @Test("a dropped reply has charged: the connection ends without an answer, and asking tells")
    func dropReply() async throws {
        let suite = try await PaymentSuite.shared.value
        _ = try await suite.call("PUT", "/api/admin/faults", #"{"dropReplyRate":1}"#)
        await #expect(throws: HTTPClientError.self) {
            try await suite.call("POST", "/api/payments/authorize", authorize)
        }
        _ = try await suite.call("DELETE", "/api/admin/faults")
        #expect(try await suite.call("GET", "/api/payments/\(order)").body.contains(#""status":"success""#))
    }

    @Test("a hang never answers and charges nothing")
    func hang() async throws {
        let suite = try await PaymentSuite.shared.value
        _ = try await suite.call("PUT", "/api/admin/faults", #"{"hangRate":1}"#)
        await #expect(throws: HTTPClientError.self) {
            try await suite.call("POST", "/api/payments/authorize", authorize, timeout: .milliseconds(300))
        }
        _ = try await suite.call("DELETE", "/api/admin/faults")
        #expect(try await suite.call("GET", "/api/payments/\(order)").status == 404)
        #expect(try await suite.attempts(order, "hang") == 1)
    }

    @Test("two hundred delayed authorizations hold no connection to MySQL, so that others are answered meanwhile")
    func delayed() async throws {
        let suite = try await PaymentSuite.shared.value
        _ = try await suite.call(
            "PUT",
            "/api/admin/faults",
            #"{"delay":{"distribution":"constant","valueMs":1500}}"#
        )
        let others = try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask { [order] in
                    let body = #"{"orderId":"\#(order)-\#(index)"}"#
                    let answer = try await suite.call("POST", "/api/payments/authorize", body)
                    #expect(answer.status == 200)
                }
            }
            var answered = 0
            for _ in 0..<20 where try await suite.call("GET", "/api/payments/unknown").status == 404 { answered += 1 }
            try await group.waitForAll()
            return answered
        }
        #expect(others == 20)
        _ = try await suite.call("DELETE", "/api/admin/faults")
    }
}
