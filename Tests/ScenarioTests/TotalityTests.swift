import Testing

@testable import Scenario

/// Makes random expressions, right and wrong.
struct ExpressionMaker {
    private static let atoms = [
        "0", "1", "-1", "9223372036854775807", "1e", "0.5", "99999999999999999999", "'a'", "\"\"", "true", "false",
        "null",
        "seat", "count", "list", "status", "user", "wave", "iteration", "uuid", "now", "$.a", "$.a[0].b", "$", "$[",
        "[]",
        "adjacent(finale[1].seats, count)", "finale[0].id", "finale[wave].seats", "finale[count].rows", "finale",
        "CONFIRMED", "unknown", "(", "not",
    ]
    private static let operators = [
        "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or", "..", ",",
    ]
    var generator: SplitMix64

    mutating func expression(depth: Int) -> String {
        let kind = depth == 0 ? 0 : Int.random(in: 0..<9, using: &generator)
        switch kind {
        case 0, 1: return Self.atoms.randomElement(using: &generator) ?? "1"
        case 2: return "not " + expression(depth: depth - 1)
        case 3: return "-" + expression(depth: depth - 1)
        case 4: return "(" + expression(depth: depth - 1) + ")"
        case 5: return "[" + expression(depth: depth - 1) + ", " + expression(depth: depth - 1) + "]"
        case 6: return expression(depth: depth - 1) + "[" + expression(depth: depth - 1) + "]"
        case 7:
            let function =
                ["pick", "each", "same", "hot", "random", "number"].randomElement(using: &generator) ?? "pick"
            let separator = function == "random" ? ".." : function == "hot" ? ", " : nil
            let second = separator.map { $0 + expression(depth: depth - 1) } ?? ""
            return "\(function)(\(expression(depth: depth - 1))\(second))"
        default:
            let symbol = Self.operators.randomElement(using: &generator) ?? "+"
            return expression(depth: depth - 1) + " \(symbol) " + expression(depth: depth - 1)
        }
    }

    mutating func noise() -> String {
        let alphabet = Array("$.[](){}'\"\\ +-*/%=<>!&|,~é0189azAZ_\n")
        return String(
            (0..<Int.random(in: 0..<40, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? "$"
            }
        )
    }

    mutating func value() -> Value {
        let values: [Value] = [
            .none, .boolean(true), .integer(.min), .integer(.max), .integer(-1), .number(1e308), .number(-0.0),
            .number(.leastNonzeroMagnitude), .text(""), .text("7"), .list([]), .list([.none, .list([.integer(1)])]),
        ]
        return values.randomElement(using: &generator) ?? .none
    }
}

@Suite("Totality")
struct TotalityTests {
    @Test("evaluating and rendering any expression ends without a trap")
    func expressions() throws {
        var evaluated = 0
        for seed in 0..<6_000 as Range<UInt64> {
            var maker = ExpressionMaker(generator: SplitMix64(seed: seed))
            let source = seed % 5 == 0 ? maker.noise() : maker.expression(depth: 4)
            guard let expression = try? parse(source) else { continue }
            var user = TestUser(
                slots: [maker.value(), maker.value(), maker.value()],
                status: .max,
                user: .min,
                wave: -3,
                response: #"{"a": [{"b": 1e400}, 2"#
            )
            let value = expression.evaluate(&user)
            for encoding in [Template.Encoding.plain, .percent, .jsonString, .jsonValue] {
                var bytes: [UInt8] = []
                encoding.append(value, to: &bytes)
            }
            _ = Instruction.repeats(value)
            evaluated += 1
        }
        // The property is worth something only if a good part of the expressions could be read.
        #expect(evaluated > 1_200)
    }

    @Test("reading any mutilated scenario ends with diagnostics inside the file, or with a scenario")
    func documents() {
        let original = Array(Example.whole.unicodeScalars)
        let noise = Array("{}[]:,-\"'$&*#|>%@` \n\tx0é".unicodeScalars)
        for seed in 0..<300 as Range<UInt64> {
            var generator = SplitMix64(seed: seed)
            var text = original
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let index = Int.random(in: 0..<text.count, using: &generator)
                if Bool.random(using: &generator) {
                    text[index] = noise.randomElement(using: &generator) ?? " "
                } else {
                    text.removeSubrange(index..<min(text.count, index + Int.random(in: 1..<30, using: &generator)))
                }
            }
            let yaml = String(String.UnicodeScalarView(text))
            let lines = yaml.split(omittingEmptySubsequences: false) { $0.isNewline }.count
            do {
                _ = try Scenario.read(yaml: yaml)
            } catch {
                #expect(!error.diagnostics.isEmpty, "seed \(seed)")
                #expect(error.diagnostics.allSatisfy { (1...(lines + 1)).contains($0.line) }, "seed \(seed): \(error)")
                #expect(!error.description.isEmpty)
            }
        }
    }
}
