import Contract
import Foundation
import NIOHTTP1
import ServiceKit
import Testing
import TicketingTestKit

extension ContractTests {
    /// What every service does the same.
    @Suite struct MannersTests {
        @Test("a path that is not there is 404, a method that it does not have 405 with what it has")
        func routes() async throws {
            let suite = try await ContractSuite.shared.value
            for (name, service) in suite.services.services {
                for path in ["/", "/nowhere", "/api", "/api/events/x/y/z", "/api/orders/a/b"] {
                    let answer = try await service.send(.GET, path)
                    #expect(answer.status == 404, "\(name) \(path)")
                    #expect(answer.code == "NOT_FOUND", "\(name) \(path)")
                }
                let paths = Set(OpenAPIDocument.shared.operations.filter { $0.services.contains(name) }.map(\.path))
                for path in paths {
                    // The checker knows what Allow must say.
                    let answer = try await service.send(.PATCH, path.replacing("{", with: "").replacing("}", with: ""))
                    #expect(answer.status == 405, "\(name) \(path)")
                    #expect(answer.code == "METHOD_NOT_ALLOWED", "\(name) \(path)")
                    #expect(answer.headers.first(name: "Allow") != nil, "\(name) \(path)")
                }
            }
        }

        @Test("a path that is spelled out hides one with a parameter: payment's authorize is no order")
        func hiddenRoute() async throws {
            let suite = try await ContractSuite.shared.value
            let answer = try await suite.services.services[.payment]?.send(.GET, "/api/payments/authorize")
            #expect(answer?.status == 405)
            #expect(answer?.headers.first(name: "Allow") == "POST")
        }

        @Test("an incoming trace is continued: W3C, then B3 in one header or several, then Trace-Id, else a new one")
        func traces() async throws {
            let suite = try await ContractSuite.shared.value
            let id = "0af7651916cd43dd8448eb211c80319c"
            let other = "1bf7651916cd43dd8448eb211c80319c"
            let sent = [
                ["traceparent": "00-\(id)-b7ad6b7169203331-01"], ["b3": "\(id)-b7ad6b7169203331-1"],
                ["X-B3-TraceId": id, "X-B3-SpanId": "b7ad6b7169203331", "X-B3-Sampled": "1"], ["Trace-Id": id],
                ["Trace-Id": "0af76519-16cd-43dd-8448-eb211c80319c"],
                ["traceparent": "00-\(id)-b7ad6b7169203331-01", "Trace-Id": other],
                ["traceparent": "nonsense", "Trace-Id": id],
            ]
            for service in suite.services.services.values {
                for headers in sent {
                    let answer = try await service.send(.GET, "/healthz", headers: headers)
                    #expect(answer.headers.first(name: "Trace-Id") == id, "\(headers)")
                    let refused = try await service.send(.GET, "/nowhere", headers: headers)
                    #expect(try refused.json(ErrorBody.self).traceId == id, "\(headers)")
                }
                let new = try await [service.send(.GET, "/healthz"), service.send(.GET, "/healthz")]
                #expect(Set(new.map { $0.headers.first(name: "Trace-Id") }).count == 2)
            }
            let hold = try await suite.succeed("createHold", event: try await suite.event()) {
                $0.headers["traceparent"] = "00-\(id)-b7ad6b7169203331-01"
            }
            #expect(try hold.json(HoldBody.self).traceId == id)
        }

        @Test("with authentication off the user is X-Caller-Id; anonymous is nobody's name")
        func authenticationOff() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.event()
            try await suite.withServices([.reservation], { $0.authentication = .off }) { services in
                func hold(_ seat: String, as user: String?) async throws -> TestAnswer {
                    var call = try ContractCall("createHold", event: event, seat: seat)
                    call.scopes = nil
                    call.headers["X-Caller-Id"] = user
                    return try await services.send(call)
                }
                let first = try await hold("R1C1", as: "ann").json(HoldBody.self)
                let again = try await hold("R1C1", as: "ann").json(HoldBody.self)
                #expect(again.holdToken == first.holdToken)
                #expect(again.expiresAt == first.expiresAt)
                #expect(try await hold("R1C1", as: "bob").code == "RESERVATION_CONFLICT")
                let anonymous = try await hold("R1C2", as: nil).json(HoldBody.self)
                for user in [nil, "anonymous"] {
                    #expect(try await hold("R1C2", as: user).code == "RESERVATION_CONFLICT")
                }
                for (token, status) in [(nil, 403), ("another", 403), (anonymous.holdToken, 204)] {
                    var release = try ContractCall("releaseHold", event: event, seat: "R1C2")
                    release.scopes = nil
                    release.headers["Hold-Token"] = token
                    #expect(try await services.send(release).status == status, "\(token ?? "none")")
                }
            }
        }

        @Test("the holder's token must be the right one where it is sent")
        func holdToken() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.event()
            let token = try await suite.succeed("createHold", event: event).json(HoldBody.self).holdToken
            for id in ["extendHold", "releaseHold"] {
                let wrong = try await suite.call(id, event: event) { $0.headers["Hold-Token"] = "another" }
                #expect(wrong.code == "NOT_HOLDER", "\(id)")
                try await suite.succeed(id, event: event) { $0.headers["Hold-Token"] = token }
            }
        }

        @Test("a hold that has lapsed is gone: HOLD_EXPIRED for its holder, free for another")
        func lapsed() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.event()
            try await suite.succeed("createHold", event: event) {
                $0.body = #"{"eventId":"\#(event)","seatId":"R1C1","holdSeconds":1}"#
            }
            let isGone = try await eventually {
                let map = try await suite.succeed("getSeats", event: event).json(SeatMapBody.self)
                return map.seats.first?.status == .available
            }
            #expect(isGone)
            #expect(try await suite.call("createOrder", event: event).code == "HOLD_EXPIRED")
            #expect(try await suite.call("extendHold", event: event).code == "HOLD_EXPIRED")
            try await suite.succeed("createHold", event: event) { $0.user = "bob" }
        }

        @Test("the stream begins with INIT and goes on with SEAT_UPDATE, both as documented")
        func stream() async throws {
            let suite = try await ContractSuite.shared.value
            let event = try await suite.event()
            let answer = try await suite.stream(event, events: 2) {
                try await suite.succeed("createHold", event: event)
            }
            let events = ContractSuite.events(answer.body)
            #expect(events.prefix(2).map(\.name) == ["INIT", "SEAT_UPDATE"])
            let checker = SchemaChecker(.shared)
            for (event, schema) in zip(events, ["SeatMap", "SeatUpdate"]) {
                let data = try JSONDecoder().decode(JSONValue.self, from: Data(event.data.utf8))
                let schema = try #require(OpenAPIDocument.shared.schema(schema))
                #expect(checker.problems(data, schema, at: event.name) == [])
            }
        }
    }
}
