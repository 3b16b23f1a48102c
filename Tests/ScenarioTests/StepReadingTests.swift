import Testing

@testable import Scenario

@Suite("Tags, groups, parallel, retry, rendezvous, redis")
struct StepReadingTests {
    @Test(
        "what these steps get wrong is named at its place",
        arguments: [
            (
                "    - group: { name: a, stesp: [] }",
                "6:25 flows.buy[0].group.stesp: unknown key `stesp`; did you mean `steps`?"
            ),
            (
                "    - group: { name: 'a::b', steps: [ { think: 1s } ] }",
                "6:22 flows.buy[0].group.name: a group's name has at most 64 characters, and no :: { } , and line breaks"
            ),
            (
                "    - a: { get: /a, tags: { status: x } }",
                "6:29 flows.buy[0].a.tags.status: `status` is a tag that the engine sets; a tag of your own needs another name"
            ),
            (
                "    - a: { get: /a, tags: { tier: \"${seta}\" } }",
                "6:38 flows.buy[0].a.tags.tier: unknown variable `seta`; did you mean `seat`?"
            ),
            (
                "    - parallel: [ { think: 1s } ]",
                "6:21 flows.buy[0].parallel[0].think: `think` is no request; only requests go in parallel"
            ),
            (
                "    - parallel: { limt: 2, requests: [ { a: { get: /a } } ] }",
                "6:19 flows.buy[0].parallel.limt: unknown key `limt`; did you mean `limit`?"
            ),
            (
                "    - parallel: [ { a: { get: /a, until: $.x, every: 1s, within: 2s } } ]",
                "6:21 flows.buy[0].parallel[0].a: polls and streams cannot go in parallel with others"
            ),
            ("    - parallel: []", "6:17 flows.buy[0].parallel: expected 1 to 100 requests, found 0"),
            (
                "    - retry: { times: 3 }",
                "6:7 flows.buy[0].retry: retry belongs to a request: { post: /…, retry: { times: 3 } }"
            ),
            ("    - a: { get: /a, retry: { backoff: 1s } }", "6:28 flows.buy[0].a.retry: `times` is missing"),
            (
                "    - a: { get: /a, retry: { times: 1, on: [timout] } }",
                "6:45 flows.buy[0].a.retry.on[0]: expected error, timeout, or a status such as 503 or 5xx, found \"timout\"; did you mean `timeout`?"
            ),
            (
                "    - a: { stream: /a, for: 1s, retry: { times: 1 } }",
                "6:40 flows.buy[0].a.retry: a stream is not retried"
            ),
            (
                "    - rendezvous: { name: doors, users: 7, within: 1s }",
                "6:27 rendezvous doors: 7 users are to meet, and the loads that come here have 6"
            ),
            (
                "    - rendezvous: { name: a, users: 2, within: 1s }\n    - rendezvous: { name: a, users: 3, within: 1s }",
                "7:27 flows.buy[1].rendezvous: rendezvous `a` is already on line 6, with other values for users or within; those who meet there must agree"
            ),
            ("    - redis: [GET, a]", "6:7 flows.buy[0].redis: a command has a name: - stock: { redis: [GET, key] }"),
            (
                "    - stock: { redis: GET a }",
                "6:23 flows.buy[0].stock.redis: expected a command and its arguments as a list: [GET, key], found \"GET a\""
            ),
            (
                "    - stock: { redis: [blpop, a, 0] }",
                "6:24 flows.buy[0].stock.redis[0]: BLPOP blocks or changes the connection, which all users of a thread share"
            ),
            (
                "    - stock: { redis: [GET, a], capture: { left: nil } }",
                "6:50 flows.buy[0].stock.capture.left: expected a path into the reply, such as $ or $[0], found \"nil\""
            ),
        ]
    )
    func mistake(steps: String, expected: String) {
        let found = mistakes(Example.flow(steps))
        #expect(found.contains(expected), "\(found)")
    }

    @Test(
        "thresholds know the groups and the own tags, with their values where these are known",
        arguments: [
            ("http_reqs{tier:gold}: count > 0", nil),
            ("http_reqs{tier:glod}: count > 0", "there is no tier `glod`; did you mean `gold`?"),
            ("http_reqs{zone:anything}: count > 0", nil),
            ("iterations{team:web}: count > 0", nil),
            ("iterations{tier:gold}: count > 0", "iterations has no tag `tier`; it has load, phase, run, team"),
            ("group_duration{group:::page}: p(95) < 1s", nil),
            ("group_duration{group:page}: p(95) < 1s", "there is no group `page`; there is ::page"),
            ("redis_req_failed{outcome:unknown}: rate == 0", nil),
            ("checks{rendezvous:door}: rate == 1", "there is no rendezvous `door`; did you mean `doors`?"),
            ("vus{tier:gold}: value > 0", "vus has no tag `tier`; it has run"),
            ("vus{load:l}: value > 0", "vus has no tag `load`; it has run"),
            ("oversell{team:web}: value == 0", "oversell has no tag `team`; it has none"),
        ] as [(String, String?)]
    )
    func thresholds(text: String, expected: String?) {
        let yaml = """
            name: tags
            tags: { run: nightly }
            flows:
              buy:
                - group:
                    name: page
                    steps: [ { hold: { get: /, tags: { tier: gold, zone: "${user}" } } } ]
                - rendezvous: { name: doors, users: 2, within: 1s }
                - stock: { redis: [PING] }
            load:
              a: { executor: constant-vus, vus: 2, flow: buy, duration: 1s, tags: { team: web } }
            slo:
              - "\(text)"
            """
        let found = mistakes(yaml).map { String($0.split(separator: ": ", maxSplits: 1).last ?? "") }
        #expect(found == (expected.map { [$0] } ?? []))
    }

    @Test("a tag of a load or the scenario is the same for all samples")
    func constantTags() {
        let yaml = Example.small.replacing("flow: buy,", with: "flow: buy, tags: { team: \"${user}\" },")
        #expect(mistakes(yaml).contains { $0.hasSuffix("a tag with an expression belongs to a request") })
    }

    @Test("a scenario that names its environment must name the Redis that it sends commands to")
    func redisNeeded() {
        let yaml = Example.flow("    - stock: { redis: [PING] }") + "\nenvironment: { gateway: http://a }\n"
        #expect(
            mistakes(yaml).contains {
                $0.hasPrefix("6:16 flows.buy[0].stock: this scenario's environment names no `redis`")
            }
        )
    }

    @Test("retry without further words is after errors and 5xx, at once; pauses grow up to a minute")
    func retry() throws {
        let steps =
            "    - a: { get: /a, retry: { times: 2 } }\n    - b: { get: /b, retry: { times: 3, backoff: 100ms, factor: 2, on: [timeout, 429] } }"
        let requests = try #require(try Scenario.read(yaml: Example.flow(steps)).flows.first).requests
        let first = try #require(requests[0].retry)
        #expect(first.failure == .any && first.statuses.contains(503) && !first.statuses.contains(429))
        let second = try #require(requests[1].retry)
        #expect(second.failure == .timeout && second.statuses.contains(429) && !second.statuses.contains(503))
        var generator = SplitMix64(seed: 1)
        for (attempt, seconds) in [(2, 0.1), (3, 0.2), (4, 0.4)] {
            #expect(abs(second.pause(before: attempt, using: &generator).inSeconds - seconds) < 1e-6)
        }
        #expect(second.pause(before: 100, using: &generator) == RetryRule.longestPause)
    }

    @Test("captures of parallel requests and of commands are variables")
    func captures() throws {
        let steps = """
                - parallel: { limit: 2, requests: [ { a: { get: /a, capture: { x: $.x } } }, { b: { get: /b } } ] }
                - parallel: [ { c: { get: /c, capture: { y: $.y } } } ]
                - stock: { redis: [GET, "${x}"], capture: { left: $ } }
                - d: { get: "/${x}${y}${left}" }
            """
        let flow = try #require(try Scenario.read(yaml: Example.flow(steps)).flows.first)
        #expect(flow.slotNames.starts(with: ["x", "y", "left"]))
        #expect(flow.requests.map(\.name) == ["a", "b", "c", "d"])
        #expect(flow.connections == 2)
    }
}
