/// An expression, parsed and resolved once: variables are slots, events are indices.
package struct Expression: Sendable, Equatable {
    /// As it stands in the scenario file.
    package let source: String
    let root: Node

    init(source: String, root: Node) {
        self.source = source
        self.root = root
    }

    /// An expression that is always the same value.
    package init(_ value: Value) {
        source = value.json
        root = .literal(value)
    }

    /// One more than the number in a slot.
    static func increment(of slot: Int) -> Expression {
        Expression(source: "", root: .binary(.plus, .slot(slot), .literal(.integer(1))))
    }

    /// Its value, if it is the same for everybody at every time.
    package var constant: Value? {
        guard case .literal(let value) = root else { return nil }
        return value
    }

    /// Evaluates it.
    ///
    /// Total: it never traps and never throws; what has no result is ``Value/none``.
    package func evaluate(_ context: inout some ExpressionContext) -> Value {
        root.evaluate(&context)
    }

    /// The tree that evaluation walks.
    ///
    /// Its depth is bounded by the parser.
    indirect enum Node: Sendable, Equatable {
        case literal(Value)
        case slot(Int)
        case builtIn(BuiltIn)
        case event(template: Int, copy: Node, field: EventField)
        case data(feeder: Int, column: Int)
        case response(JSONPath)
        case list([Node])
        case element(of: Node, at: Node)
        case not(Node)
        case negated(Node)
        case binary(Operator, Node, Node)
        /// `random(a..b)`: a whole number from `a` to `b`, both included.
        case random(from: Node, to: Node)
        case pick(SeatPick, from: Node, count: Node)
        /// `number(text)`: a text of digits as a number, for fields of CSV files and replies of Redis.
        case number(Node)
        /// `adjacent(event.seats, n)`: n neighbours in one row, any such place equally likely.
        case adjacent(from: Node, rowLength: Int, count: Node)
    }

    /// Names that every flow knows.
    enum BuiltIn: String, Sendable, CaseIterable {
        case status, user, wave, iteration, uuid, now
    }

    /// The functions that choose one of a list.
    enum SeatPick: String, Sendable, CaseIterable {
        /// `pick(list)`: any, all equally likely.
        case pick
        /// `each(list)`: the user's own: user 0 the first, user 1 the second…, around again at the end.
        case each
        /// `same(list)`: the same for all users of a wave (wave 0 the first, wave 1 the second…; the first outside a
        /// storm).
        case same
        /// `hot(list, n)`: one of the first n by Zipf's law: the k-th is chosen with a probability in proportion to
        /// 1/k.
        case hot
    }

    enum Operator: String, Sendable {
        case or, and
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divided = "/"
        case remainder = "%"
    }
}
