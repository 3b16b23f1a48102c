extension Expression.Node {
    func evaluate(_ context: inout some ExpressionContext) -> Value {
        switch self {
        case .literal(let value): value
        case .slot(let index): context.slot(index)
        case .builtIn(let name): name.evaluate(&context)
        case .event(let template, let copy, let field):
            copy.evaluate(&context).integer
                .flatMap { Int(exactly: $0) }
                .map { context.event(template, copy: $0, field: field) } ?? .none
        case .data(let feeder, let column): context.data(feeder, column: column)
        case .response(let path): context.responseValue(path)
        // A list never holds lists that were made by expressions, so that no loop can nest them without end.
        case .list(let nodes): .list(nodes.map { $0.evaluate(&context).unlessList })
        case .element(let list, let index):
            list.evaluate(&context).element(at: index.evaluate(&context))
        case .not(let node): .boolean(!node.evaluate(&context).isTrue)
        case .negated(let node): Value.integer(0).minus(node.evaluate(&context))
        case .binary(.and, let left, let right):
            .boolean(left.evaluate(&context).isTrue && right.evaluate(&context).isTrue)
        case .binary(.or, let left, let right):
            .boolean(left.evaluate(&context).isTrue || right.evaluate(&context).isTrue)
        case .binary(let symbol, let left, let right):
            symbol.apply(left.evaluate(&context), right.evaluate(&context))
        case .random(let from, let to):
            Self.random(from.evaluate(&context), to.evaluate(&context), &context)
        case .pick(let choice, let list, let count):
            choice.choose(from: list.evaluate(&context), count: count.evaluate(&context), &context)
        case .number(let node): node.evaluate(&context).asNumber
        case .adjacent(let list, let length, let count):
            Self.adjacent(list.evaluate(&context), length, count.evaluate(&context), &context)
        }
    }

    /// Seats stand row by row, so a row of a hall is a stretch of the list.
    private static func adjacent(
        _ list: Value,
        _ length: Int,
        _ count: Value,
        _ context: inout some ExpressionContext
    ) -> Value {
        guard case .list(let seats) = list, let count = count.integer.flatMap({ Int(exactly: $0) }), count > 0,
            count <= length,
            case let places = length - count + 1, case let rows = seats.count / length, rows > 0
        else { return .none }
        let drawn = Int(context.nextRandom() % UInt64(rows * places))
        let first = drawn / places * length + drawn % places
        return .list(Array(seats[first..<(first + count)]))
    }

    /// Drawn by taking a remainder of 64 bits: the bias is below range ÷ 2⁶⁴.
    private static func random(_ from: Value, _ to: Value, _ context: inout some ExpressionContext) -> Value {
        guard let low = from.integer, let high = to.integer, low <= high else { return .none }
        let span = UInt64(bitPattern: high &- low)
        let drawn = context.nextRandom()
        let offset = span == .max ? drawn : drawn % (span + 1)
        return .integer(low &+ Int64(bitPattern: offset))
    }
}

extension Expression.BuiltIn {
    fileprivate func evaluate(_ context: inout some ExpressionContext) -> Value {
        switch self {
        case .status: .integer(Int64(context.status))
        case .user: .integer(Int64(context.user))
        case .wave: .integer(Int64(context.wave))
        case .iteration: .integer(Int64(context.iteration))
        case .now: .integer(context.now)
        case .uuid: .text(Self.uuid(high: context.runNonce, low: context.nextRandom()))
        }
    }

    /// A version 4 UUID (RFC 9562).
    static func uuid(high: UInt64, low: UInt64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let marked = (
            high: (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000,
            low: (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        )
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = nibble < 16 ? marked.high : marked.low
                buffer[position] = digits[Int((word >> UInt64(60 - 4 * (nibble & 15))) & 15)]
                position += 1
            }
            return position
        }
    }
}

extension Expression.SeatPick {
    fileprivate func choose(from list: Value, count: Value, _ context: inout some ExpressionContext) -> Value {
        guard case .list(let values) = list, !values.isEmpty else { return .none }
        switch self {
        case .pick: return values[Int(context.nextRandom() % UInt64(values.count))]
        case .each: return values[Self.index(context.user, within: values.count)]
        case .same: return values[Self.index(context.wave, within: values.count)]
        case .hot:
            guard let wanted = count.integer, wanted > 0 else { return .none }
            let candidates = Int(min(wanted, Int64(values.count)))
            // 53 bits: a double's worth, in 0..<1.
            let drawn = Double(context.nextRandom() >> 11) * 0x1p-53
            return values[Self.zipf(drawn, among: candidates)]
        }
    }

    private static func index(_ number: Int, within count: Int) -> Int {
        let remainder = number % count
        return remainder < 0 ? remainder + count : remainder
    }

    /// The rank (from 0) at which the cumulated weights 1, 1/2, 1/3, … pass the drawn share of their sum.
    private static func zipf(_ drawn: Double, among count: Int) -> Int {
        var total = 0.0
        for rank in 1...count { total += 1 / Double(rank) }
        var remaining = drawn * total
        for rank in 1..<count {
            remaining -= 1 / Double(rank)
            if remaining < 0 { return rank - 1 }
        }
        return count - 1
    }
}

extension Value {
    /// Itself if it is a number, what a text says if that is one, else nothing.
    fileprivate var asNumber: Value {
        switch self {
        case .integer, .number: self
        case .text(let text): Int64(text).map(Value.integer) ?? NodeReader.decimal(text).map(Value.number) ?? .none
        default: .none
        }
    }

    fileprivate var unlessList: Value {
        if case .list = self { .none } else { self }
    }
}
