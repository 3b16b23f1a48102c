import Contract
import Foundation
import ServiceKit
import TicketingTestKit

/// A request to an operation of the document.
struct ContractCall: Sendable {
    let operation: OpenAPIOperation
    var parameters: [String: String] = [:]
    var user = "ann"
    /// Those of the token; nothing for no token.
    var scopes: [Scope]?
    var headers: [String: String] = [:]
    var body: String?

    /// A request of which the contract has nothing to say but yes, if the event is there and the seat is in the right state.
    init(_ id: String, event: String = "ev-none", seat: String = "R1C1", order: String? = nil) throws {
        guard let operation = OpenAPIDocument.shared.operations.first(where: { $0.id == id }) else {
            throw OpenAPIError("there is no operation \(id)")
        }
        let order = order ?? TestStores.uniqueID("order")
        self.operation = operation
        parameters = ["eventId": event, "seatId": seat, "orderId": order, "id": order]
        scopes = operation.scopes
        if id == "createOrder" { headers["Idempotency-Key"] = TestStores.uniqueID("key") }
        body = Self.body(id, event, seat, order)
    }

    /// The path with its parameters.
    var path: String {
        parameters.reduce(operation.path) { path, parameter in
            path.replacingOccurrences(of: "{\(parameter.key)}", with: parameter.value)
        }
    }

    func token() throws -> String? {
        try scopes.map { try TokenSigner(secret: TestStores.secret).sign(user: user, scopes: $0.map(\.rawValue)) }
    }

    private static func body(_ id: String, _ event: String, _ seat: String, _ order: String) -> String? {
        switch id {
        case "createEvent":
            #"{"title":"Nabucco","description":"","dateTime":"2026-12-24T20:00:00Z","rows":2,"cols":3,"price":4500}"#
        case "createHold": #"{"eventId":"\#(event)","seatId":"\#(seat)","holdSeconds":60}"#
        case "pinHolds": #"{"orderId":"\#(order)","userId":"ann","eventId":"\#(event)","seatIds":["\#(seat)"]}"#
        case "extendHold": #"{"seconds":60}"#
        case "confirmSeat": #"{"orderId":"\#(order)"}"#
        case "createOrder": #"{"eventId":"\#(event)","seatIds":["\#(seat)"]}"#
        case "authorizePayment": #"{"orderId":"\#(order)","amount":100}"#
        case "putFaults": #"{"failRate":0.5,"seed":7,"ttlSeconds":60}"#
        default: nil
        }
    }
}
