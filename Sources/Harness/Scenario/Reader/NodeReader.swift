import Yams

/// A cursor on one node of the document.
///
/// Reading what is not as it must be notes a diagnostic and gives nil, and reading goes on, so that all mistakes are
/// found at once.
struct NodeReader {
    private static let maximumDepth = 64

    let node: Node
    /// Where in the document: `flows.buy[0].hold`.
    let path: String
    let context: ReadingContext
    private let depth: Int

    init(_ node: Node, path: String, context: ReadingContext, depth: Int = 0) {
        self.node = node
        self.path = path
        self.context = context
        self.depth = depth
    }

    var position: SourcePosition {
        SourcePosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    func error(_ message: String) {
        context.add(position, path, message)
    }

    func child(_ node: Node, _ path: String) -> NodeReader {
        NodeReader(node, path: path, context: context, depth: depth + 1)
    }

    /// What stands here, for messages.
    var found: String {
        switch node {
        case .scalar(let scalar): isNull ? "nothing" : "\"\(scalar.string.prefix(60))\""
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// Nothing, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    /// A scalar without quotes.
    var isPlain: Bool {
        guard case .scalar(let scalar) = node else { return false }
        return scalar.style == .plain || scalar.style == .any
    }

    var isMapping: Bool { node.mapping != nil }

    var isSequence: Bool { node.sequence != nil }

    // MARK: Containers

    func mapping(_ expected: String) -> MappingReader? {
        guard case .mapping(let mapping) = node else {
            error("expected \(expected), found \(found)")
            return nil
        }
        guard enter() else { return nil }
        return MappingReader(mapping, of: self)
    }

    func sequence(_ expected: String) -> [NodeReader]? {
        guard case .sequence(let sequence) = node else {
            error("expected \(expected), found \(found)")
            return nil
        }
        guard enter() else { return nil }
        return sequence.enumerated().map { child($1, "\(path)[\($0)]") }
    }

    private func enter() -> Bool {
        guard depth < Self.maximumDepth else {
            error("nested more than \(Self.maximumDepth) levels deep")
            return false
        }
        return context.visit(position, path)
    }

    // MARK: Scalars

    /// The text of a scalar, without a diagnostic.
    var text: String? {
        guard case .scalar(let scalar) = node, !isNull else { return nil }
        return scalar.string
    }

    func string(_ expected: String) -> String? {
        guard let text, !text.isEmpty else {
            error("expected \(expected), found \(found)")
            return nil
        }
        return text
    }

    func integer(_ range: ClosedRange<Int>) -> Int? {
        guard let text, let number = Int(text.filter { $0 != "_" }) else {
            error("expected a whole number, found \(found)")
            return nil
        }
        guard range.contains(number) else {
            error("must be from \(range.lowerBound) to \(range.upperBound), found \(number)")
            return nil
        }
        return number
    }

    func boolean() -> Bool? {
        switch text {
        case "true": return true
        case "false": return false
        default:
            error("expected true or false, found \(found)")
            return nil
        }
    }

    /// `20%`, or a number of 0…1.
    func share() -> Double? {
        guard let text, let share = Self.share(text) else {
            error("expected a share such as 20% or 0.2, found \(found)")
            return nil
        }
        guard (0...1).contains(share) else {
            error("must be from 0% to 100%, found \(text)")
            return nil
        }
        return share
    }

    private static func share(_ text: String) -> Double? {
        if text.hasSuffix("%") { return decimal(String(text.dropLast())).map { $0 / 100 } }
        return decimal(text)
    }

    /// Only digits and a decimal point: no `inf`, `nan`, `0x1p3`.
    static func decimal(_ text: String) -> Double? {
        let number = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = number.unicodeScalars.first, first.isDigit, let last = number.unicodeScalars.last,
            last.isDigit,
            number.unicodeScalars.allSatisfy({ $0.isDigit || $0 == "." })
        else { return nil }
        return Double(text)
    }

    func duration(from low: Duration = .zero, to high: Duration = .seconds(24 * 3600)) -> Duration? {
        guard let text, let duration = DurationLiteral.parse(text) else {
            error("expected a duration such as 50ms, 2s or 1m30s, found \(found)")
            return nil
        }
        guard duration >= low, duration <= high else {
            error("must be from \(low) to \(high), found \(text)")
            return nil
        }
        return duration
    }

    func distribution() -> DurationDistribution? {
        guard let text, let distribution = DurationDistribution(text) else {
            error("expected a duration: \(DurationDistribution.grammar), found \(found)")
            return nil
        }
        return distribution
    }

    /// Position of a character of this scalar, where it can be told; else of the scalar.
    func position(of offset: Int) -> SourcePosition {
        guard case .scalar(let scalar) = node, let mark = node.mark else { return position }
        let line = context.line(mark.line).unicodeScalars.dropFirst(mark.column - 1)
        let opening = scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 1 : 0
        // Escapes and folded lines make the text differ from the file's.
        guard line.dropFirst(opening).starts(with: scalar.string.unicodeScalars) else { return position }
        return position.advanced(by: opening + offset)
    }

    // MARK: Expressions and templates

    /// The expression that the scalar is; `prefix` goes before what stands in the file.
    func expression(in scope: NameScope, after prefix: String = "") -> Expression? {
        guard let text, !text.isEmpty else {
            error("expected an expression, found \(found)")
            return nil
        }
        scope.current = NameScope.Use(position: position, path: path)
        do {
            return try ExpressionParser.parse(prefix + text, in: scope)
        } catch {
            let offset = max(0, error.offset - prefix.unicodeScalars.count)
            context.add(position(of: offset), path, error.message)
            return nil
        }
    }

    /// The pieces of a text; `expected` is for when it is none.
    func pieces(
        _ expected: String = "a text",
        literal: Template.Encoding = .plain,
        encoding: Template.Encoding = .plain,
        in scope: NameScope
    ) -> [Template.Piece]? {
        guard let text else {
            error("expected \(expected), found \(found)")
            return nil
        }
        scope.current = NameScope.Use(position: position, path: path)
        do {
            return try TemplateParser.parse(text, literal: literal, encoding: encoding, in: scope)
        } catch {
            context.add(position(of: error.offset), path, error.message)
            return nil
        }
    }
}
