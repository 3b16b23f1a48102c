import Testing

@testable import Scenario

@Suite("Diagnostics")
struct DiagnosticTests {
    @Test("the small scenario has no mistakes")
    func small() {
        #expect(mistakes(Example.small) == [])
    }

    @Test("three mistakes are shown at once, each at its line and column")
    func three() {
        let yaml = Example.small
            .replacing("rows: 2,", with: "rows: many,")
            .replacing("${seat}", with: "${seta}")
            .replacing("users: 2", with: "usrs: 2")
        #expect(
            mistakes(yaml) == [
                #"3:19 events.finale.rows: expected a whole number, found "many""#,
                "6:45 flows.buy[0].hold.json.seat: unknown variable `seta`; did you mean `seat`?",
                "8:41 load.clicks.usrs: unknown key `usrs`; did you mean `users`?",
            ]
        )
    }

    @Test("a diagnostic shows the line, and a caret below the mistake")
    func caret() throws {
        let error = #expect(throws: ScenarioErrors.self) {
            try Scenario.read(yaml: Example.small(replacing: "rows: 2", with: "rows: 0"), file: "a/b.yaml")
        }
        #expect(
            error?.description == """
                a/b.yaml:3:19: error: events.finale.rows: must be from 1 to 200, found 0
                  finale: { rows: 0, cols: 2, price: 100, copies: 3 }
                                  ^
                """
        )
    }

    @Test(
        "what the file gets wrong is named at its place",
        arguments: [
            ("name: small", "nam: small", "1:1 nam: unknown key `nam`; did you mean `name`?"),
            ("flow: buy", "flow: buyy", "8:36 load.clicks.flow: there is no flow `buyy`; did you mean `buy`?"),
            ("cols: 2", "cols: 500", "3:28 events.finale.cols: must be from 1 to 200, found 500"),
            (
                "executor: storm", "executor: strom",
                "8:23 load.clicks.executor: unknown executor `strom`; did you mean `storm`?"
            ),
            (
                "executor: storm", "executor: ramping-vus",
                "8:11 load.clicks: `stages` is missing"
            ),
            (
                "every: 1s", "every: fast",
                "8:68 load.clicks.every: expected a duration such as 50ms, 2s or 1m30s, found \"fast\""
            ),
            (
                "waves: 3", "waves: 4",
                "8:58 load.clicks: 4 waves need 4 copies of event finale, one a wave; it has 3 (line 3)"
            ),
            (
                "finale[wave].seats", "final[wave].seats",
                "8:91 load.clicks.set.seat: there is no event `final`; did you mean `finale`?"
            ),
            (
                "finale[wave].seats", "finale[wave].seat",
                "8:104 load.clicks.set.seat: an event has no field `seat`; did you mean `seats`?; it has id, name, seats, rows, cols, price"
            ),
            (
                "finale[wave].seats", "finale[3].seats",
                "8:98 load.clicks.set.seat: event finale has 3 copies, [0] to [2]"
            ),
            ("pick(", "pikc(", "8:86 load.clicks.set.seat: there is no function `pikc`; did you mean `pick`?"),
            ("seats)", "seats", "8:109 load.clicks.set.seat: expected `)`, found the end"),
            (
                "post: /hold", "post: hold",
                #"6:21 flows.buy[0].hold.post: expected a path (/…) or a URL (http://…, https://…), found "hold""#
            ),
            (
                "post: /hold", "pots: /hold",
                "6:13 flows.buy[0].hold: a request needs one of get, post, put, patch, delete, head, stream; did you mean `post`?"
            ),
            ("post: /hold", "get: /hold", "6:33 flows.buy[0].hold.json: GET carries no body"),
            (
                "${seat}", "${GATEWAY}",
                "6:45 flows.buy[0].hold.json.seat: ${GATEWAY} is a variable of the environment, and only `environment:` reads these; elsewhere, --set changes a value"
            ),
            ("${seat}", "${seat", "6:43 flows.buy[0].hold.json.seat: this ${ has no closing }"),
            (
                "set: { seat:", "set: { user:",
                "8:79 load.clicks.set.user: `user` is a word of the language; a variable needs another name"
            ),
        ]
    )
    func mistake(original: String, mistaken: String, expected: String) {
        let found = mistakes(Example.small(replacing: original, with: mistaken))
        #expect(found.contains(expected), "\(found)")
    }

    @Test(
        "what a flow gets wrong is named at its place",
        arguments: [
            ("    - thnk: 2s", "6:7 flows.buy[0].thnk: unknown step `thnk`; did you mean `think`?"),
            (
                "    - think: soon",
                #"6:14 flows.buy[0].think: expected a duration: 2s, 50ms..2s, exponential(1s), normal(1s, 200ms) or lognormal(1s, 200ms), found "soon""#
            ),
            ("    - a: { get: /a, until: status == 200, every: 1s }", "6:10 flows.buy[0].a: `within` is missing"),
            (
                "    - a: { get: /a, within: 1s }",
                "6:21 flows.buy[0].a.within: `within` is for polling, and there is no `until`"
            ),
            (
                "    - a: { get: /a }\n    - a: { get: /b }",
                "7:7 flows.buy[1].a: request `a` is already in flow buy, line 6; the name is the tag in every metric, so each request needs its own"
            ),
            (
                "    - a: { get: /a, expect: { status: 99 } }",
                #"6:39 flows.buy[0].a.expect.status: expected a status: 201, 2xx or 200..299, within 100 to 599, found "99""#
            ),
            (
                "    - a: { get: /a, capture: { x: holdToken } }",
                #"6:35 flows.buy[0].a.capture.x: expected a JSON path such as $.holdToken, or one of { header: … }, { cookie: … }, { regex: … }, found "holdToken""#
            ),
            ("    - a: { stream: /a }", "6:10 flows.buy[0].a: `for` is missing"),
            (
                "    - stop: { unles: status == 201 }",
                "6:15 flows.buy[0].stop.unles: unknown key `unles`; did you mean `unless`?"
            ),
            ("    - stop: { unless: status = 201 }", "6:30 flows.buy[0].stop.unless: unexpected `=`; equality is `==`"),
            (
                "    - repeat: { times: -1, steps: [ { think: 1s } ] }",
                "6:24 flows.buy[0].repeat.times: must be a whole number from 0 to 1000000"
            ),
            (
                "    - think: 1s\n      stop: { if: true }",
                "7:7 flows.buy[0]: a step has one key; `think` is this one's (indent further what belongs to it)"
            ),
            (
                "    - a: { get: /a, json: 1, body: x }",
                "6:36 flows.buy[0].a.body: a request has one of json, body and form"
            ),
        ]
    )
    func flow(steps: String, expected: String) {
        let found = mistakes(Example.flow(steps))
        #expect(found.contains(expected), "\(found)")
    }

    @Test(
        "what faults, thresholds and other sections get wrong is named at its place",
        arguments: [
            (
                "faults:\n  - { at: 1s, for: 2s, reids: { latency: 1s } }",
                "10:24 faults[0].reids: unknown key `reids`; did you mean `redis`?"
            ),
            (
                "faults:\n  - { at: 1h, for: 2s, redis: { latency: 1s } }",
                "10:5 faults[0]: the fault starts after the load has ended (at 32.0 seconds at the latest), so it would test nothing"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, redis: { latency: 10ms, jitter: 20ms } }",
                "10:56 faults[0].redis.jitter: must be at most the latency"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, payment: { fail: 120% } }",
                "10:41 faults[0].payment.fail: must be from 0% to 100%, found 120%"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, payment: { fail: 1% } }\n  - { at: 2s, for: 2s, payment: { fail: 1% } }",
                "11:5 faults[1]: overlaps with faults[0], which is about payment too"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, clock: {} }",
                "10:24 faults[0].clock: not available in this version yet: use redis, mysql, kafka, payment, kill, freeze, restart"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, mysql: {} }",
                "10:31 faults[0].mysql: expected what happens to it: latency, bandwidth, slow_close, timeout, reset_peer,"
                    + " slicer, limit_data, partition, act"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, from: ordr, mysql: { latency: 5ms } }",
                "10:30 faults[0].from: `ordr` has no link to mysql; did you mean `order`?"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, from: payment, redis: { latency: 5ms } }",
                "10:30 faults[0].from: `payment` has no link to redis; catalog, reservation have one each"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, redis: { latnecy: 5ms } }",
                "10:33 faults[0].redis.latnecy: unknown key `latnecy`; did you mean `latency`?"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, redis: { partition: down } }",
                "10:44 faults[0].redis.partition: expected upstream (requests) or downstream (replies), found \"down\""
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, redis: { where: reply, act: dorp } }",
                "10:52 faults[0].redis.act: unknown act `dorp`; did you mean `drop`?"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, mysql: { match: { comand: X }, act: drop } }",
                "10:42 faults[0].mysql.match.comand: unknown key `comand`; known here: statement, table, connection"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, ramp: 3s, redis: { latency: 5ms } }",
                "10:30 faults[0].ramp: is longer than the fault"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, ramp: 1s, kill: order }",
                "10:30 faults[0].ramp: only a latency can grow; leave it out"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, every: 1s, kill: order }",
                "10:31 faults[0].every: each would begin before the last one has ended: `every` less twice `jitter` is below `for`"
            ),
            (
                "faults:\n  - { while: clikcs, kill: order }",
                "10:14 faults[0].while: there is no load `clikcs`; did you mean `clicks`?"
            ),
            (
                "chaos: { intensity: hihg }",
                "9:21 chaos.intensity: expected an intensity: low, medium or high, found \"hihg\"; did you mean `high`?"
            ),
            (
                "chaos: { palette: [radis] }",
                "9:20 chaos.palette[0]: there are no faults `radis`; did you mean `redis`?"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, kill: oder }",
                "10:30 faults[0].kill: there is no process `oder`; did you mean `order`?"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, kill: kafka }",
                "10:30 faults[0].kill: the embedded broker keeps its log in memory; use `freeze: kafka` or `kafka: down`"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, restart: order }",
                "10:20 faults[0].for: a restart has no length: it is over once the process has been started again"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, kill: order, freeze: order }",
                "10:45 faults[0].freeze: a fault hits one thing; write another entry for this"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, kafka: dwon }",
                "10:31 faults[0].kafka: expected down or { slow: 200ms }, found \"dwon\"; did you mean `down`?"
            ),
            (
                "faults:\n  - { at: 1s, for: 2s, kafka: { down: [17] } }",
                "10:40 faults[0].kafka.down[0]: must be from 1 to 16, found 17"
            ),
            (
                "faults:\n  - { at: 1s, for: 4s, payment: { fail: 1% } }\n  - { at: 2s, for: 2s, kill: payment }",
                "11:5 faults[1]: overlaps with faults[0], and payment forgets its faults when its process ends"
            ),
            (
                "environment: { gateway: \"http://x\", commands: { kill: \"k ${process}\" } }\n"
                    + "faults:\n  - { at: 1s, for: 2s, kill: any }",
                "11:30 faults[0].kill: this environment has no command to do it with: give `environment.commands.restart`,"
                    + " such as \"docker restart ${process}\""
            ),
            ("slo:\n  - oversel == 0", "10:5 slo[0]: unknown metric `oversel`; did you mean `oversell`?"),
            ("slo:\n  - http_reqs == 0", "10:14 slo[0]: http_reqs needs an aggregate: `http_reqs: count > 0`"),
            (
                "slo:\n  - http_req_failed: p(95) < 1%",
                "10:22 slo[0]: http_req_failed has no aggregate `p(95)`; it has rate"
            ),
            ("slo:\n  - http_req_failed: rate < 5", "10:29 slo[0]: a rate is from 0% to 100%, found `5`; write 5%?"),
            (
                "slo:\n  - http_req_duration{request:hodl}: p(95) < 1s",
                "10:23 slo[0]: there is no request `hodl`; did you mean `hold`?"
            ),
            (
                "slo:\n  - http_req_duration{requst:hold}: p(95) < 1s",
                "10:23 slo[0]: http_req_duration has no tag `requst`; did you mean `request`?"
            ),
            (
                "slo:\n  - http_req_duration: p95 < 1s",
                "10:24 slo[0]: http_req_duration has no aggregate `p95`; it has avg, min, max, med, p(N), count"
            ),
            (
                "slo:\n  - http_req_duration: avg < fast",
                "10:30 slo[0]: expected a duration such as 300ms, found `fast`"
            ),
            (
                "slo:\n  - { that: \"oversell == 0\", over: 10s }",
                "10:36 slo[0].over: oversell is known after the run only, and has no window"
            ),
            ("data: { fans: {} }", "9:15 data.fans: a feeder needs `file: NAME.csv` or `list: [ { name: … } ]`"),
            ("environment: {}", "9:14 environment: `gateway` is missing"),
            (
                "environment: { gateway: \"${GATEWAY}\" }",
                "9:26 environment.gateway: the environment has no GATEWAY; set it, or write ${GATEWAY:-default}"
            ),
        ]
    )
    func section(section: String, expected: String) {
        let found = mistakes(Example.adding(section))
        #expect(found.contains(expected), "\(found)")
    }

    @Test("wave is refused in a flow that a constant number of users runs")
    func waveOutsideStorms() {
        let yaml = Example.small
            .replacing("seat: \"${seat}\"", with: "wave: \"${wave}\"")
            .replacing(
                "executor: storm, flow: buy, users: 2, waves: 3, every: 1s, set: { seat: \"pick(finale[wave].seats)\" }",
                with: "executor: constant-vus, flow: buy, duration: 1s"
            )
        #expect(
            mistakes(yaml) == [
                "6:42 flows.buy[0].hold.json.wave: `wave` is for storms, and load clicks runs this with constant-vus"
            ]
        )
    }

    @Test("a variable that one of two loads does not set is named at that load")
    func variableNotSet() {
        let yaml = Example.adding("  more: { executor: constant-vus, flow: buy, duration: 1s }")
        #expect(
            mistakes(yaml) == [
                "9:3 load.more: flow buy reads `seat` (line 6), which this load does not set"
            ]
        )
    }

    @Test("text that is not YAML is shown where the parser stopped")
    func syntax() {
        let found = mistakes("name: x\nflows: [a\nload: }\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("3:") ?? false, "\(found)")
    }

    @Test("the same key twice is refused at the first of them")
    func duplicates() {
        #expect(mistakes("name: a\nname: b\n") == ["1:1 : twice in this mapping: name"])
    }

    @Test(
        "an empty file, a list and a missing file are refused with one sentence",
        arguments: ["", "# nothing\n", "- a\n"]
    )
    func notAMapping(yaml: String) {
        #expect(mistakes(yaml).count == 1)
    }

    @Test("a file that is not there is refused by name")
    func missing() {
        let error = #expect(throws: ScenarioErrors.self) { try Scenario.read(path: "/nonexistent/a.yaml") }
        #expect(error?.diagnostics.first?.file == "/nonexistent/a.yaml")
    }

    @Test("abort is for what is measured while the run goes on")
    func abort() throws {
        let good = Example.adding(
            "slo:\n  - { that: \"http_req_failed: rate < 5%\", over: 10s, abort: true, delayAbortEval: 5s }"
        )
        let threshold = try #require(try Scenario.read(yaml: good).slo.first)
        #expect(threshold.abort && threshold.delayAbortEval == .seconds(5))
        let bad = Example.adding("slo:\n  - { that: oversell == 0, abort: true }")
        #expect(mistakes(bad) == ["10:35 slo[0].abort: oversell is known after the run only"])
        let idle = Example.adding("slo:\n  - { that: \"http_reqs: count > 0\", delayAbortEval: 5s }")
        #expect(mistakes(idle).contains { $0.contains("delayAbortEval is for a threshold with `abort: true`") })
    }

    @Test("a document that aliases make huge is refused")
    func aliases() {
        var yaml = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
        for level in 1...8 {
            let inner = Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "x\(level): &x\(level) [\(inner)]\n"
        }
        yaml += Example.small(replacing: "{ seat: \"${seat}\" }", with: "*x8")
        #expect(mistakes(yaml).contains { $0.contains("YAML aliases") })
    }
}
