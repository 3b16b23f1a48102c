import Contract
import Foundation
import Testing

@testable import Verification

@Suite("A history says what the clients were told")
struct HistoryTests {
    private let header = #"{"history":1,"startMonotonic":1000000,"startWall":1700000000000000000}"#

    private func read(_ lines: [String], ending: String = "\n") throws -> ClientEvidence {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data((lines.joined(separator: "\n") + ending).utf8).write(to: URL(filePath: path))
        return try ClientEvidence.read(history: path)
    }

    private func line(
        _ method: String,
        _ path: String,
        user: String = "ann",
        status: Int,
        body: String = "",
        reply: String? = nil
    ) throws -> String {
        let entry = HistoryEntry(
            i: 1,
            user: user,
            wave: 0,
            request: "r",
            method: method,
            path: path,
            body: body,
            key: nil,
            invoke: 1_000_000,
            return: 2_000_000,
            status: status,
            error: status == 0 ? "timeout" : nil,
            reply: reply,
            trace: nil
        )
        return String(decoding: try JSONEncoder().encode(entry), as: UTF8.self)
    }

    private let reservations = "/ticketing/reservation/api/reservations"
    private let hold =
        #"{"eventId":"e1","seatId":"R1C1","holdToken":"t1","holdSeconds":30,"expiresAt":"2023-11-14T22:13:50.250Z","version":1,"traceId":"x"}"#
    private let order =
        #"{"orderId":"o1","status":"CREATED","eventId":"e1","seatIds":["R1C1"],"amount":5,"createdAt":"2023-11-14T22:13:20.000Z"}"#

    @Test("a grant's lease is on Redis' clock, and counts once however often it was repeated")
    func grants() throws {
        let evidence = try read([
            header, try line("POST", reservations, status: 201, reply: hold),
            try line("POST", reservations, status: 201, reply: hold), try line("POST", reservations, status: 409),
            try line("POST", reservations, status: 0),
        ])
        #expect(evidence.grants.count == 1)
        #expect(evidence.grants.first?.from == 1_700_000_000_250)
        #expect(evidence.grants.first?.until == 1_700_000_030_250)
        #expect(evidence.grantsByEvent == ["e1": 1])
    }

    private func accepted() throws -> String {
        try line(
            "POST",
            "/ticketing/order/api/orders",
            status: 201,
            body: #"{"eventId":"e1","seatIds":["R1C1"]}"#,
            reply: order
        )
    }

    @Test("an order that a client was told is CONFIRMED stays so, whatever he is told later")
    func confirmedOnce() throws {
        let poll = "/ticketing/order/api/orders/o1"
        let evidence = try read([
            header,
            try accepted(), try line("GET", poll, status: 200, reply: order.replacing("CREATED", with: "CONFIRMED")),
            try line("GET", poll, status: 200, reply: order.replacing("CREATED", with: "CANCELLED")),
        ])
        #expect(evidence.orders["o1"]?.status == .confirmed)
    }

    @Test("a wish for more seconds than any clock has, and a path of nothing, are read")
    func extremes() throws {
        let wish = #"{"eventId":"e1","seatId":"R1C1","holdSeconds":9000000000000000}"#
        let evidence = try read([
            header, try line("POST", reservations, status: 503, body: wish),
            try line("POST", reservations + "/e1/R1C1/extend", status: 503, body: #"{"seconds":9000000000000000}"#),
            try line("POST", "", status: 404), try line("POST", "?", status: 404),
        ])
        #expect(evidence.seatCalls.map(\.isOptional) == [true, true])
    }

    @Test("an order's last status is what the client was told last")
    func orders() throws {
        let evidence = try read([
            header,
            try accepted(),
            try line(
                "GET",
                "/ticketing/order/api/orders/o1",
                status: 200,
                reply: order.replacing("CREATED", with: "CONFIRMED")
            ),
        ])
        #expect(evidence.orders["o1"]?.status == .confirmed)
        #expect(evidence.touches.isEmpty, "a confirmed order does not end its hold")
    }

    @Test("an order that did not end CONFIRMED may have ended its hold, and so may one without an answer")
    func mayEnd() throws {
        let body = #"{"eventId":"e1","seatIds":["R1C1"]}"#
        let evidence = try read([
            header, try line("POST", "/ticketing/order/api/orders", status: 201, body: body, reply: order),
            try line("POST", "/ticketing/order/api/orders", user: "bob", status: 0, body: body),
            try line("DELETE", reservations + "/e1/R1C2", status: 204),
        ])
        #expect(evidence.touches.map(\.seat.seat).sorted() == ["R1C1", "R1C1", "R1C2"])
        #expect(evidence.unansweredKeys.count == 1)
    }

    @Test(
        "a broken history is refused with the line",
        arguments: [("{}", ":1:"), (#"{"history":1,"startMonotonic":1,"startWall":1}"# + "\n{", ":2:")]
    )
    func broken(text: String, names: String) {
        #expect { try read([text]) } throws: { "\($0)".contains(names) }
    }

    @Test("a history whose last line is cut off is refused")
    func cut() throws {
        #expect { try read([header, "{\"i\":1"], ending: "") } throws: { "\($0)".contains("cut off") }
    }

    @Test(
        "outcomes are told apart",
        arguments: [
            (201, nil, HistoryEntry.Outcome.ok), (409, nil, .refused), (401, nil, .failed), (500, nil, .unknown),
            (0, "timeout", .unknown), (0, "refused", .failed),
        ]
    )
    func outcomes(status: Int, error: String?, outcome: HistoryEntry.Outcome) {
        let entry = HistoryEntry(
            i: 0,
            user: "u",
            request: "r",
            method: "POST",
            path: "/",
            invoke: 0,
            return: 1,
            status: status,
            error: error
        )
        #expect(entry.outcome == outcome)
    }
}

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "ISO-8601 to milliseconds",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2024-02-29T12:34:56.789Z", 1_709_210_096_789),
            ("2023-11-14T22:13:20.001Z", 1_700_000_000_001),
        ]
    )
    func good(text: String, milliseconds: Int64) {
        #expect(Timestamp.milliseconds(text) == milliseconds)
    }

    @Test(
        "anything else is nothing",
        arguments: ["", "2024-02-29", "2024-02-29T12:34:56Z", "2024-13-29T12:34:56.789Z", "2024-02-2xT12:34:56.789Z"]
    )
    func bad(text: String) {
        #expect(Timestamp.milliseconds(text) == nil)
    }
}
