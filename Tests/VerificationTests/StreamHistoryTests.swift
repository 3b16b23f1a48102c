import Contract
import Foundation
import Testing

@testable import Verification

@Suite("A history says what the users of streams received")
struct StreamHistoryTests {
    private let header = #"{"history":1,"startMonotonic":1000000,"startWall":1700000000000000000}"#
    private let initial =
        #"{"sse":0,"event":"INIT","id":"10-0","data":"{\"rows\":1,\"cols\":1,\"seats\":[{\"id\":\"R1C1\",\"r\":1,\"c\":1,\"price\":5,\"status\":\"AVAILABLE\",\"version\":4}]}"}"#
    private let update =
        #"{"sse":2,"event":"SEAT_UPDATE","id":"11-0","data":"{\"seatId\":\"R1C1\",\"status\":\"HELD\",\"version\":5}"}"#
    private let begun =
        #"{"stream":7,"connection":0,"user":"watchers-u3","path":"/ticketing/catalog/api/events/e1/seats/stream","began":1000,"lastEventID":null}"#

    private func read(_ lines: [String]) throws -> StreamHistory {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data((([header] + lines).joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
        return try ClientEvidence.read(history: path).streams
    }

    @Test("a stream's connections have what they brought, in order")
    func connections() throws {
        let history = try read([
            initial, begun, update, #"{"stream":7,"connection":0,"received":[0,1500,2,1600]}"#,
            #"{"stream":7,"connection":0,"ended":1700,"status":200,"error":"reset"}"#,
            #"{"stream":7,"connection":1,"user":"watchers-u3","path":"/x","began":1800,"lastEventID":"11-0"}"#,
            #"{"stream":7,"connection":1,"received":[2,1900]}"#,
        ])
        let held = SeatUpdateBody(seatId: "R1C1", status: .held, version: 5)
        #expect(
            history.messages == [
                .init(id: "10-0", content: .initial([.init(seatId: "R1C1", status: .available, version: 4)])),
                .init(id: "11-0", content: .update(held)),
            ]
        )
        let stream = try #require(history.streams.first)
        #expect(stream.user == "watchers-u3")
        #expect(stream.event == "e1")
        #expect(
            stream.connections == [
                .init(
                    began: 1000,
                    lastEventID: nil,
                    arrivals: [.init(message: 0, at: 1500), .init(message: 1, at: 1600)],
                    ended: 1700,
                    status: 200,
                    error: "reset"
                ),
                .init(began: 1800, lastEventID: "11-0", arrivals: [.init(message: 1, at: 1900)]),
            ]
        )
    }

    @Test(
        "a line that does not fit is named",
        arguments: [
            #"{"stream":7,"connection":0,"received":[9,1500]}"#, #"{"stream":8,"connection":0,"received":[]}"#,
            #"{"stream":7,"connection":2,"user":"u","path":"/x","began":1800}"#, #"{"stream":"x"}"#,
        ]
    )
    func broken(line: String) throws {
        #expect {
            try read([begun, line])
        } throws: {
            "\($0)".contains(":3: not an entry of a history")
        }
    }

    @Test("an event that is not what the contract says is kept as it came")
    func unknown() throws {
        let history = try read([#"{"sse":0,"event":"SEAT_UPDATE","id":null,"data":"{}"}"#])
        #expect(history.messages == [.init(id: nil, content: .unknown(event: "SEAT_UPDATE", data: "{}"))])
    }
}
