extension Expression.Operator {
    func apply(_ left: Value, _ right: Value) -> Value {
        switch self {
        case .or: .boolean(left.isTrue || right.isTrue)
        case .and: .boolean(left.isTrue && right.isTrue)
        case .equal: .boolean(left.isEqual(to: right))
        case .unequal: .boolean(!left.isEqual(to: right))
        case .less: .boolean(left.isLess(than: right))
        case .lessOrEqual: .boolean(left.isLess(than: right) || left.isOrderedEqual(to: right))
        case .greater: .boolean(right.isLess(than: left))
        case .greaterOrEqual: .boolean(right.isLess(than: left) || left.isOrderedEqual(to: right))
        case .isIn: .boolean(left.isElement(of: right))
        case .plus: left.plus(right)
        case .minus: left.minus(right)
        case .times: left.times(right)
        case .divided: left.divided(by: right)
        case .remainder: left.remainder(right)
        }
    }
}

extension Value {
    /// Numbers compare by value, whatever their kind; a number never equals a text.
    func isEqual(to other: Value) -> Bool {
        switch (self, other) {
        case (.integer, .number), (.number, .integer): double == other.double
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1) }
        default: self == other
        }
    }

    /// Numbers by size, texts by their characters; anything else is not ordered.
    func isLess(than other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): return left < right
        case (.text(let left), .text(let right)): return left < right
        default:
            guard let left = double, let right = other.double else { return false }
            return left < right
        }
    }

    fileprivate func isOrderedEqual(to other: Value) -> Bool {
        switch (self, other) {
        case (.text, .text): isEqual(to: other)
        default: double != nil && isEqual(to: other)
        }
    }

    /// A list contains it, or a text has it as a part.
    func isElement(of other: Value) -> Bool {
        switch (self, other) {
        case (_, .list(let values)): return values.contains { isEqual(to: $0) }
        case (.text(let part), .text(let whole)): return part.isEmpty || whole.contains(part)
        default: return false
        }
    }

    func element(at index: Value) -> Value {
        guard case .list(let values) = self, let position = index.integer, position >= 0, position < values.count else {
            return .none
        }
        return values[Int(position)]
    }

    /// The most bytes of a joined text, and elements of a joined list: a loop that doubles a text must not eat the
    /// memory.
    static let maximumLength = 1 << 16

    /// Adds numbers, joins texts (with anything) and lists; nothing when that would be longer than ``maximumLength``.
    func plus(_ other: Value) -> Value {
        switch (self, other) {
        case (.list(let left), .list(let right)):
            return left.count + right.count <= Self.maximumLength ? .list(left + right) : .none
        case (.text, _), (_, .text):
            let joined = rendered + other.rendered
            return joined.utf8.count <= Self.maximumLength ? .text(joined) : .none
        default: return arithmetic(other, whole: { $0.addingReportingOverflow($1) }, real: +)
        }
    }

    func minus(_ other: Value) -> Value {
        arithmetic(other, whole: { $0.subtractingReportingOverflow($1) }, real: -)
    }

    func times(_ other: Value) -> Value {
        arithmetic(other, whole: { $0.multipliedReportingOverflow(by: $1) }, real: *)
    }

    /// A whole number if it comes out even, else a fraction; nothing when dividing by zero.
    func divided(by other: Value) -> Value {
        guard let divisor = other.double, divisor != 0 else { return .none }
        if case .integer(let left) = self, case .integer(let right) = other {
            let (quotient, overflow) = left.dividedReportingOverflow(by: right)
            if !overflow, quotient * right == left { return .integer(quotient) }
        }
        return Value.real(double.map { $0 / divisor })
    }

    /// The remainder has the sign of the dividend; nothing when dividing by zero.
    func remainder(_ other: Value) -> Value {
        if case .integer(let left) = self, case .integer(let right) = other {
            guard right != 0 else { return .none }
            // Int64.min % -1 overflows; the remainder is 0.
            return .integer(right == -1 ? 0 : left % right)
        }
        guard let left = double, let right = other.double, right != 0 else { return .none }
        return Value.real(left.truncatingRemainder(dividingBy: right))
    }

    /// In whole numbers as long as they fit, then in floating point.
    private func arithmetic(
        _ other: Value,
        whole: (Int64, Int64) -> (partialValue: Int64, overflow: Bool),
        real: (Double, Double) -> Double
    ) -> Value {
        if case .integer(let left) = self, case .integer(let right) = other {
            let result = whole(left, right)
            if !result.overflow { return .integer(result.partialValue) }
        }
        guard let left = double, let right = other.double else { return .none }
        return Value.real(real(left, right))
    }

    /// Not a number and infinity are no results.
    private static func real(_ number: Double?) -> Value {
        guard let number, number.isFinite else { return .none }
        return .number(number)
    }
}
