import Testing

@testable import Scenario

@Suite("Programs")
struct ProgramTests {
    /// Runs a program without requests as the engine does, and gives the slots at its end.
    private func run(_ steps: String, ended: [String] = []) throws -> [String: Value] {
        let scenario = try Scenario.read(yaml: Example.flow(steps))
        let flow = try #require(scenario.flows.first)
        var user = TestUser(slots: Array(repeating: .none, count: flow.slotCount))
        var counter = 0
        var groups: [String] = []
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
            case .end:
                #expect(groups == ended)
                return Dictionary(uniqueKeysWithValues: zip(flow.slotNames, user.slots))
            case .request, .poll, .stream, .think, .parallel, .rendezvous, .redis: counter += 1
            case .beginGroup(let slot):
                user.slots[slot] = .integer(1)
                counter += 1
            case .endGroup(let slot, let name):
                #expect(user.slots[slot] == .integer(1))
                groups.append(name)
                counter += 1
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

    @Test("repeat counts in a variable, from 0, anew in each run of the loop")
    func index() throws {
        let slots = try run(
            """
                - set: { all: "''" }
                - repeat:
                    times: 2
                    as: i
                    steps:
                      - repeat: { times: 2, as: j, steps: [ { set: { all: all + i + j } } ] }
            """
        )
        #expect(slots["all"] == .text("00011011"))
        #expect(
            mistakes(Example.flow("    - repeat: { times: 2, as: user, steps: [ { think: 1s } ] }")).first
                == "6:31 flows.buy[0].repeat.as: `user` is a word of the language; a variable needs another name"
        )
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

    @Test("groups are joined as in k6, and a stop ends those it is in, the innermost first")
    func groups() throws {
        let steps = """
                - group:
                    name: page
                    steps:
                      - set: { x: 1 }
                      - group: { name: seat map, steps: [ { stop: { if: x == STOP } }, { set: { x: 2 } } ] }
                      - set: { x: 3 }
            """
        let ends = ["::page::seat map", "::page"]
        #expect(try run(steps.replacing("STOP", with: "1"), ended: ends)["x"] == .integer(1))
        #expect(try run(steps.replacing("STOP", with: "9"), ended: ends)["x"] == .integer(3))
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
