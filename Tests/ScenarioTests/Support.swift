import Testing

@testable import Scenario

/// A virtual user for expressions to ask: 3 copies of one event, a few slots, a seeded generator.
struct TestUser: ExpressionContext {
    var slots: [Value] = []
    var status = 201
    var user = 7
    var wave = 1
    var iteration = 4
    var now: Int64 = 1_700_000_000_000
    var runNonce: UInt64 = 0x0123_4567_89AB_CDEF
    var generator = SplitMix64(seed: 42)
    var response = ""

    static let events = (0..<3).map { copy in
        SeededEvent(
            name: "finale",
            copy: copy,
            id: "event-\(copy)",
            seats: ["A-1", "A-2", "B-1", "B-2"],
            rows: 2,
            columns: 2,
            price: 50_000
        )
    }
    static let template = EventTemplate(
        name: "finale",
        rows: 2,
        columns: 2,
        price: 50_000,
        copies: 3,
        position: SourcePosition(line: 1, column: 1)
    )

    func slot(_ index: Int) -> Value {
        slots.indices.contains(index) ? slots[index] : .none
    }

    mutating func nextRandom() -> UInt64 {
        generator.next()
    }

    func event(_ template: Int, copy: Int, field: EventField) -> Value {
        Self.events.indices.contains(copy) ? Self.events[copy].value(of: field) : .none
    }

    func data(_ feeder: Int, column: Int) -> Value {
        .text("row \(feeder), \(column)")
    }

    func responseValue(_ path: JSONPath) -> Value {
        path.value(in: Array(response.utf8))
    }
}

/// Parses an expression that knows the event `finale` and the variables `seat`, `count` and `list`.
func parse(_ source: String) throws -> Expression {
    try ExpressionParser.parse(source, in: NameScope(events: [TestUser.template], slots: ["seat", "count", "list"]))
}

/// Evaluates one for a user with `seat` = "A-1", `count` = 3, `list` = [1, 2, 3].
func value(of source: String, response: String = "") throws -> Value {
    var user = TestUser(
        slots: [.text("A-1"), .integer(3), .list([.integer(1), .integer(2), .integer(3)])],
        response: response
    )
    return try parse(source).evaluate(&user)
}

/// What is wrong with a scenario, as `line:column path: message`; empty when nothing is.
func mistakes(
    _ yaml: String,
    environment: [String: String] = [:],
    overrides: Overrides = Overrides()
) -> [String] {
    do {
        _ = try Scenario.read(yaml: yaml, environment: environment, overrides: overrides)
        return []
    } catch {
        return error.diagnostics.map { "\($0.line):\($0.column) \($0.path): \($0.message)" }
    }
}

enum Example {
    /// The example of the language's description, with what this version has.
    static let whole = """
        name: seat-click-storm
        description: A thousand fans click fifty seats in the same instant, twenty times over, while payment gets slow.

        events:
          finale: { rows: 5, cols: 10, price: 50000, copies: 20 }

        flows:
          buy:
            - hold:
                post: /ticketing/reservation/api/reservations
                json: { eventId: "${finale[wave].id}", seatId: "${seat}", holdSeconds: 30 }
                expect: { status: [201, 409] }
                capture: { token: $.holdToken }
            - stop: { unless: status == 201 }
            - think: 50ms..2s
            - order:
                post: /ticketing/order/api/orders
                headers: { Idempotency-Key: "${uuid}" }
                json: { eventId: "${finale[wave].id}", seatIds: ["${seat}"] }
                expect: { status: [200, 201] }
                capture: { order: $.orderId }
            - poll:
                get: /ticketing/order/api/orders/${order}
                until: $.status in [CONFIRMED, CANCELLED, REFUNDED]
                every: 200ms
                within: 20s
          watch:
            - map: { stream: "/ticketing/catalog/api/events/${finale[0].id}/seats/stream", for: 60s }

        load:
          clicks:
            executor: storm
            flow: buy
            users: 1000
            waves: 20
            every: 3s
            set: { seat: "pick(finale[wave].seats)" }
          watchers:
            executor: constant-vus
            flow: watch
            vus: 100

        faults:
          - { at: 10s, for: 15s, payment: { delay: lognormal(800ms, 400ms), fail: 20% } }
          - { at: 30s, for: 10s, redis: { latency: 50ms, jitter: 20ms } }

        slo:
          - oversell == 0
          - http_req_response_time{request:hold}: p(95) < 300ms
          - http_req_failed: rate < 0.5%
          - { that: "http_req_failed: rate < 5%", over: 10s, abort: false }

        """

    /// Nine lines on which mistakes are grafted.
    static let small = """
        name: small
        events:
          finale: { rows: 2, cols: 2, price: 100, copies: 3 }
        flows:
          buy:
            - hold: { post: /hold, json: { seat: "${seat}" } }
        load:
          clicks: { executor: storm, flow: buy, users: 2, waves: 3, every: 1s, set: { seat: "pick(finale[wave].seats)" } }
        """

    static func small(replacing text: String, with other: String) -> String {
        small.replacing(text, with: other)
    }

    /// The small one with this as its flow.
    static func flow(_ steps: String) -> String {
        small(replacing: "    - hold: { post: /hold, json: { seat: \"${seat}\" } }", with: steps)
    }

    /// The small one with one more section.
    static func adding(_ section: String) -> String {
        small + "\n" + section + "\n"
    }
}
