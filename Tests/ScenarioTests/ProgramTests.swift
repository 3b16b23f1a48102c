import Testing

@testable import Scenario

@Suite("Programs")
struct ProgramTests {
    /// Runs a program without requests as the engine does, and gives the slots at its end.
    private func run(_ steps: String) throws -> [String: Value] {
        let scenario = try Scenario.read(yaml: Example.flow(steps))
        let flow = try #require(scenario.flows.first)
        var user = TestUser(slots: Array(repeating: .none, count: flow.slotCount))
        var counter = 0
        for _ in 0..<1000 {
            switch flow.program[counter] {
            case .set(let slot, let expression):
                user.slots[slot] = expression.evaluate(&user)
                counter += 1
            case .jump(let target): counter = target
            case .jumpUnless(let condition, let target):
                counter = condition.evaluate(&user).isTrue ? counter + 1 : target
            case .beginLoop(let slot, let times):
                user.slots[slot] = .integer(Instruction.repeats(times.evaluate(&user)))
                counter += 1
            case .countDown(let slot, let target):
                let left = user.slots[slot].integer ?? 0
                user.slots[slot] = .integer(left - 1)
                counter = left > 0 ? counter + 1 : target
            case .end: return Dictionary(uniqueKeysWithValues: zip(flow.slotNames, user.slots))
            case .request, .poll, .stream, .think: counter += 1
            }
        }
        Issue.record("the program does not end")
        return [:]
    }

    @Test("if takes one branch and goes on after it", arguments: [(1, 11, 101), (2, 12, 102)])
    func branch(x: Int64, y: Int64, z: Int64) throws {
        let slots = try run(
            """
                - set: { x: \(x) }
                - if: x == 1
                  then: [ { set: { y: 11 } } ]
                  else: [ { set: { y: 12 } } ]
                - if: x > 0
                  then: [ { set: { z: 100 + x } } ]
            """
        )
        #expect(slots["y"] == .integer(y))
        #expect(slots["z"] == .integer(z))
    }

    @Test("repeat runs its steps so many times, also one within another")
    func loop() throws {
        let slots = try run(
            """
                - set: { n: 0, word: "'many'" }
                - repeat:
                    times: 3
                    steps:
                      - repeat: { times: n + 1, steps: [ { set: { n: n + 1 } } ] }
                - repeat: { times: word, steps: [ { set: { n: 99 } } ] }
            """
        )
        // 0 → 1, 1 → 3, 3 → 7
        #expect(slots["n"] == .integer(7))
    }

    @Test("stop ends the iteration where its condition says so")
    func stop() throws {
        let slots = try run(
            """
                - set: { x: 1 }
                - stop: { if: x > 1 }
                - set: { x: 2 }
                - stop: { unless: x == 1 }
                - set: { x: 3 }
            """
        )
        #expect(slots["x"] == .integer(2))
    }

    @Test("a text that a loop keeps doubling stops growing")
    func growth() throws {
        let slots = try run(
            """
                - set: { t: "'0123456789'" }
                - repeat: { times: 40, steps: [ { set: { t: t + t } } ] }
            """
        )
        #expect(slots["t"] == Value.none || (slots["t"]?.rendered.utf8.count ?? 0) <= Value.maximumLength)
    }
}
