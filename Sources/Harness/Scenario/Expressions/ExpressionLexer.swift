/// A word of an expression.
struct ExpressionToken: Equatable {
    enum Kind: Equatable {
        case value(Value)
        case name(String)
        case path(JSONPath)
        case symbol(String)
        case end
    }
    let kind: Kind
    let offset: Int

    /// As messages show it.
    var described: String {
        switch kind {
        case .value(let value): value.json
        case .name(let name): name
        case .path: "a JSON path"
        case .symbol(let symbol): "`\(symbol)`"
        case .end: "the end"
        }
    }
}

/// Cuts an expression into tokens.
struct ExpressionLexer {
    private static let symbols = [
        "==", "!=", "<=", ">=", "..", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".",
    ].map { Array($0.unicodeScalars) }

    private let count: Int
    private var rest: ArraySlice<Unicode.Scalar>

    private init(_ source: String) {
        rest = Array(source.unicodeScalars)[...]
        count = rest.count
    }

    /// All tokens, an ``ExpressionToken/Kind/end`` last.
    static func tokens(of source: String) throws(ExpressionError) -> [ExpressionToken] {
        var lexer = ExpressionLexer(source)
        var tokens: [ExpressionToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(ExpressionError) -> ExpressionToken {
        rest = rest.drop { $0.properties.isWhitespace }
        let offset = rest.startIndex
        guard let first = rest.first else { return ExpressionToken(kind: .end, offset: count) }
        if first.isDigit { return ExpressionToken(kind: try number(), offset: offset) }
        if first == "\"" || first == "'" { return ExpressionToken(kind: try text(first), offset: offset) }
        if first.isNameStart {
            let name = rest.prefix { $0.isNamePart }
            rest = rest.dropFirst(name.count)
            return ExpressionToken(kind: .name(String(name)), offset: offset)
        }
        if first == "$" {
            guard let path = JSONPath(from: &rest) else {
                throw ExpressionError(offset: offset, message: "expected a JSON path such as $.items[0].id")
            }
            return ExpressionToken(kind: .path(path), offset: offset)
        }
        guard let symbol = Self.symbols.first(where: { rest.starts(with: $0) }) else {
            throw ExpressionError(offset: offset, message: "unexpected `\(first)`\(Self.hint(for: first))")
        }
        rest = rest.dropFirst(symbol.count)
        return ExpressionToken(kind: .symbol(String(symbol[...])), offset: offset)
    }

    private static func hint(for scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "=": "; equality is `==`"
        case "&": "; write `and`"
        case "|": "; write `or`"
        case "!": "; write `not`, or `!=`"
        default: ""
        }
    }

    /// A full stop belongs to the number only if a digit follows: `1..5` is a range.
    private mutating func number() throws(ExpressionError) -> ExpressionToken.Kind {
        let offset = rest.startIndex
        var digits = rest.prefix { $0.isDigit }
        let fraction = rest.dropFirst(digits.count)
        if fraction.first == ".", let digit = fraction.dropFirst().first, digit.isDigit {
            let end = fraction.dropFirst().drop { $0.isDigit }.startIndex
            digits = rest[rest.startIndex..<end]
        }
        rest = rest.dropFirst(digits.count)
        let text = String(digits)
        if let whole = Int64(text) { return .value(.integer(whole)) }
        guard let real = Double(text), real.isFinite else {
            throw ExpressionError(offset: offset, message: "\(text) is too large a number")
        }
        return .value(.number(real))
    }

    private mutating func text(_ quote: Unicode.Scalar) throws(ExpressionError) -> ExpressionToken.Kind {
        let offset = rest.startIndex
        let content = rest.dropFirst().prefix { $0 != quote }
        guard rest.count > content.count + 1 else {
            throw ExpressionError(offset: offset, message: "this text has no closing \(quote)")
        }
        rest = rest.dropFirst(content.count + 2)
        return .value(.text(String(content)))
    }
}
