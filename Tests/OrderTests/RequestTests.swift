import Contract
import Order
import ServiceKit
import Testing

@Suite("What an order request says")
struct RequestTests {
    @Test("a canonical hash has 64 hex digits and depends on each part and on where it ends")
    func canonicalHash() {
        let requests = [
            CreateOrderRequest(eventId: "e", seatIds: ["A1", "B2"]),
            CreateOrderRequest(eventId: "e", seatIds: ["B2", "A1"]),
            CreateOrderRequest(eventId: "e", seatIds: ["A1B2"]),
            CreateOrderRequest(eventId: "eA1", seatIds: ["B2"]),
            CreateOrderRequest(eventId: "e2:A1", seatIds: ["B2"]),
            CreateOrderRequest(eventId: "f", seatIds: ["A1", "B2"]),
        ]
        let hashes = requests.map(\.canonicalHash)
        #expect(Set(hashes).count == requests.count)
        #expect(hashes.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
        #expect(hashes[0] == CreateOrderRequest(eventId: "e", seatIds: ["A1", "B2"]).canonicalHash)
    }

    @Test("an idempotency key of 8 to 100 visible characters is taken", arguments: [8, 100])
    func goodKey(_ length: Int) throws {
        let text = String(repeating: "k", count: length)
        #expect(try IdempotencyKey(user: "u", header: text).key == text)
    }

    @Test(
        "any other idempotency key is a malformed request",
        arguments: [nil, "", "1234567", String(repeating: "k", count: 101), "with space", "schlüssel"]
    )
    func badKey(_ header: String?) {
        let error = #expect(throws: ServiceError.self) { try IdempotencyKey(user: "u", header: header) }
        #expect(error?.code == .malformedRequest)
    }

    @Test("two users' equal keys are two keys")
    func usersKeys() throws {
        let key = "same-key-1"
        #expect(try IdempotencyKey(user: "a", header: key) != IdempotencyKey(user: "b", header: key))
    }

    @Test(
        "the reservation service's refusals become the contract's answers",
        arguments: [
            (409, ErrorCode.reservationConflict, ErrorCode.reservationConflict), (410, .holdExpired, .holdExpired),
            (403, .notHolder, .reservationConflict), (404, .notFound, .notFound),
            (403, .forbidden, .upstreamUnavailable), (401, .unauthenticated, .upstreamUnavailable),
        ]
    )
    func refusals(_ status: Int, _ code: ErrorCode, _ expected: ErrorCode) {
        let body = ErrorBody(code: code, message: "m", traceId: "t")
        guard case .refused(let error) = ReservationClient.outcome(status: status, error: body) else {
            Issue.record("\(status) is a refusal")
            return
        }
        #expect(error.code == expected)
    }

    @Test("an upstream's 5xx says nothing about the pin", arguments: [500, 502, 503, 504])
    func unknown(_ status: Int) {
        #expect(ReservationClient.outcome(status: status, error: nil) == .unknown)
    }
}
