/// Reads one expression, by recursive descent, and resolves its names.
///
///     or      = and {"or" and}                    sum     = product {("+"|"-") product}
///     and     = not {"and" not}                   product = unary {("*"|"/"|"%") unary}
///     not     = "not" not | compare               unary   = "-" unary | suffix
///     compare = sum [("=="|"!="|"<"|"<="|">"|">="|["not"] "in") sum]
///     suffix  = primary {"[" or "]"}
///     primary = number | text | path | "[" [or {"," or}] "]" | "(" or ")" | name | event | function
struct ExpressionParser {
    /// Bounds the depth of the tree, and with it the stack that evaluation needs.
    private static let maximumTokens = 200

    private let tokens: [ExpressionToken]
    private var position = 0
    private let scope: NameScope

    static func parse(_ source: String, in scope: NameScope) throws(ExpressionError) -> Expression {
        let tokens = try ExpressionLexer.tokens(of: source)
        guard tokens.count <= maximumTokens else {
            throw ExpressionError(offset: 0, message: "the expression has more than \(maximumTokens) words")
        }
        var parser = ExpressionParser(tokens: tokens, scope: scope)
        guard parser.token.kind != .end else {
            throw ExpressionError(offset: 0, message: "expected an expression, found nothing")
        }
        let root = try parser.or()
        guard parser.token.kind == .end else {
            throw parser.unexpected("an operator or the end")
        }
        return Expression(source: source, root: root)
    }

    private init(tokens: [ExpressionToken], scope: NameScope) {
        self.tokens = tokens
        self.scope = scope
    }

    // MARK: Operators

    private mutating func or() throws(ExpressionError) -> Expression.Node {
        var left = try and()
        while take(word: "or") { left = .binary(.or, left, try and()) }
        return left
    }

    private mutating func and() throws(ExpressionError) -> Expression.Node {
        var left = try not()
        while take(word: "and") { left = .binary(.and, left, try not()) }
        return left
    }

    private mutating func not() throws(ExpressionError) -> Expression.Node {
        take(word: "not") ? .not(try not()) : try comparison()
    }

    private mutating func comparison() throws(ExpressionError) -> Expression.Node {
        let left = try sum()
        for symbol in [Expression.Operator.equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual]
        where take(symbol.rawValue) {
            return .binary(symbol, left, try sum())
        }
        if take(word: "in") { return .binary(.isIn, left, try sum()) }
        if token.kind == .name("not"), tokens[position + 1].kind == .name("in") {
            position += 2
            return .not(.binary(.isIn, left, try sum()))
        }
        return left
    }

    private mutating func sum() throws(ExpressionError) -> Expression.Node {
        var left = try product()
        while true {
            if take("+") {
                left = .binary(.plus, left, try product())
            } else if take("-") {
                left = .binary(.minus, left, try product())
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(ExpressionError) -> Expression.Node {
        var left = try unary()
        while true {
            if take("*") {
                left = .binary(.times, left, try unary())
            } else if take("/") {
                left = .binary(.divided, left, try unary())
            } else if take("%") {
                left = .binary(.remainder, left, try unary())
            } else {
                return left
            }
        }
    }

    private mutating func unary() throws(ExpressionError) -> Expression.Node {
        guard take("-") else { return try suffix() }
        let operand = try unary()
        if case .literal(let value) = operand { return .literal(Value.integer(0).minus(value)) }
        return .negated(operand)
    }

    private mutating func suffix() throws(ExpressionError) -> Expression.Node {
        var node = try primary()
        while take("[") {
            node = .element(of: node, at: try or())
            try expect("]")
        }
        return node
    }

    // MARK: Operands

    private mutating func primary() throws(ExpressionError) -> Expression.Node {
        let first = token
        switch first.kind {
        case .value(let value):
            position += 1
            return .literal(value)
        case .path(let path):
            position += 1
            return .response(path)
        case .name(let name):
            position += 1
            return try named(name, at: first.offset)
        case .symbol("["):
            position += 1
            let nodes = try list()
            let literals = nodes.compactMap { node -> Value? in
                if case .literal(let value) = node { value } else { nil }
            }
            return literals.count == nodes.count ? .literal(.list(literals)) : .list(nodes)
        case .symbol("("):
            position += 1
            let inner = try or()
            try expect(")")
            return inner
        case .symbol, .end: throw unexpected("a value")
        }
    }

    private mutating func list() throws(ExpressionError) -> [Expression.Node] {
        var nodes: [Expression.Node] = []
        if take("]") { return nodes }
        repeat { nodes.append(try or()) } while take(",")
        try expect("]")
        return nodes
    }

    private mutating func named(_ name: String, at offset: Int) throws(ExpressionError) -> Expression.Node {
        switch name {
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        case "null": return .literal(.none)
        case "random": return try random()
        case "adjacent": return try adjacent()
        case "number":
            try expect("(")
            let operand = try or()
            try expect(")")
            return .number(operand)
        case "and", "or", "in", "not":
            position -= 1
            throw unexpected("a value")
        default: break
        }
        if let choice = Expression.SeatPick(rawValue: name) { return try pick(choice) }
        if let builtIn = Expression.BuiltIn(rawValue: name) {
            if builtIn == .wave { scope.useWave() }
            return .builtIn(builtIn)
        }
        if let template = scope.event(name) { return try event(template, at: offset) }
        if let feeder = scope.feeder(name) { return try data(feeder) }
        if let slot = scope.slot(name) { return .slot(slot) }
        // Words in capitals are texts: `$.status in [CONFIRMED, CANCELLED]`.
        if name.unicodeScalars.allSatisfy({ ("A"..."Z").contains($0) || $0.isDigit || $0 == "_" }) {
            return .literal(.text(name))
        }
        throw ExpressionError(
            offset: offset,
            message: unknownName(name)
        )
    }

    private func unknownName(_ name: String) -> String {
        if token.kind == .symbol("(") {
            let functions = ["random", "adjacent", "number"] + Expression.SeatPick.allCases.map(\.rawValue)
            return "there is no function `\(name)`\(Spelling.suggestion(for: name, among: functions))"
        }
        if token.kind == .symbol("["), tokens[position...].contains(where: { $0.kind == .symbol(".") }) {
            let names = scope.events.map(\.name)
            return "there is no event `\(name)`\(Spelling.suggestion(for: name, among: names))"
        }
        return "unknown variable `\(name)`\(Spelling.suggestion(for: name, among: scope.candidates))"
    }

    private mutating func event(_ template: Int, at offset: Int) throws(ExpressionError) -> Expression.Node {
        let event = scope.events[template]
        var copy = Expression.Node.literal(.integer(0))
        if take("[") {
            let indexOffset = token.offset
            copy = try or()
            try expect("]")
            if copy == .builtIn(.wave) { scope.useEventByWave(template) }
            if case .literal(let value) = copy {
                guard let index = value.integer, (0..<Int64(event.copies)).contains(index) else {
                    let copies =
                        event.copies == 1 ? "1 copy, [0]" : "\(event.copies) copies, [0] to [\(event.copies - 1)]"
                    throw ExpressionError(offset: indexOffset, message: "event \(event.name) has \(copies)")
                }
            }
        }
        let fields = EventField.allCases.map(\.rawValue)
        guard take("."), case .name(let name) = token.kind else {
            throw unexpected("a field of event \(event.name): .\(fields.joined(separator: ", ."))")
        }
        guard let field = EventField(rawValue: name) else {
            throw ExpressionError(
                offset: token.offset,
                message: "an event has no field `\(name)`\(Spelling.suggestion(for: name, among: fields))"
                    + "; it has \(fields.joined(separator: ", "))"
            )
        }
        position += 1
        return .event(template: template, copy: copy, field: field)
    }

    private mutating func data(_ index: Int) throws(ExpressionError) -> Expression.Node {
        let feeder = scope.data[index]
        guard take("."), case .name(let name) = token.kind else {
            throw unexpected("a column of \(feeder.name): .\(feeder.columns.joined(separator: ", ."))")
        }
        // A file that could not be read is told of already.
        guard let column = feeder.columns.firstIndex(of: name) ?? (feeder.columns.isEmpty ? 0 : nil) else {
            throw ExpressionError(
                offset: token.offset,
                message:
                    "\(feeder.name) has no column `\(name)`\(Spelling.suggestion(for: name, among: feeder.columns))"
                    + "; it has \(feeder.columns.joined(separator: ", "))"
            )
        }
        position += 1
        return .data(feeder: index, column: column)
    }

    private mutating func random() throws(ExpressionError) -> Expression.Node {
        try expect("(")
        let from = try sum()
        guard take("..") else { throw unexpected("`..`, as in random(1..100)") }
        let to = try sum()
        try expect(")")
        return .random(from: from, to: to)
    }

    private mutating func pick(_ choice: Expression.SeatPick) throws(ExpressionError) -> Expression.Node {
        try expect("(")
        let list = try or()
        var count = Expression.Node.literal(.none)
        if choice == .hot {
            guard take(",") else {
                throw unexpected("a list and how many of it are hot, as in hot(finale[0].seats, 50)")
            }
            count = try or()
        }
        try expect(")")
        return .pick(choice, from: list, count: count)
    }

    private mutating func adjacent() throws(ExpressionError) -> Expression.Node {
        try expect("(")
        let listOffset = token.offset
        let list = try or()
        guard case .event(let template, _, .seats) = list else {
            throw ExpressionError(
                offset: listOffset,
                message: "adjacent needs an event's seats, which have rows, as in adjacent(finale[0].seats, 2)"
            )
        }
        guard take(",") else {
            throw unexpected("seats and how many of them, as in adjacent(finale[0].seats, 2)")
        }
        let countOffset = token.offset
        let count = try or()
        try expect(")")
        let event = scope.events[template]
        if case .literal(let value) = count, !(1...Int64(event.columns)).contains(value.integer ?? 0) {
            throw ExpressionError(
                offset: countOffset,
                message:
                    "event \(event.name) has rows of \(event.columns) seats: expected a number from 1 to \(event.columns)"
            )
        }
        return .adjacent(from: list, rowLength: event.columns, count: count)
    }

    // MARK: Tokens

    private var token: ExpressionToken { tokens[position] }

    private mutating func take(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard token.kind == .name(word) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard take(symbol) else { throw unexpected("`\(symbol)`") }
    }

    private func unexpected(_ wanted: String) -> ExpressionError {
        ExpressionError(offset: token.offset, message: "expected \(wanted), found \(token.described)")
    }
}
