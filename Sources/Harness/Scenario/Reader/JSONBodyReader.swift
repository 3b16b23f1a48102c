import Yams

/// Compiles a `json:` body to a template: what is constant is rendered now, `"${x}"` alone keeps the value's type.
struct JSONBodyReader {
    let scope: NameScope

    func read(_ reader: NodeReader) -> Template {
        var pieces: [Template.Piece] = []
        append(reader, to: &pieces)
        return Template(pieces)
    }

    private func append(_ reader: NodeReader, to pieces: inout [Template.Piece]) {
        switch reader.node {
        case .mapping:
            guard let mapping = reader.mapping("an object") else { return }
            pieces.append(literal("{"))
            for (index, entry) in mapping.entries.enumerated() {
                if index > 0 { pieces.append(literal(",")) }
                pieces.append(literal(Value.text(entry.key).json + ":"))
                append(entry.value, to: &pieces)
            }
            pieces.append(literal("}"))
        case .sequence:
            guard let elements = reader.sequence("a list") else { return }
            pieces.append(literal("["))
            for (index, element) in elements.enumerated() {
                if index > 0 { pieces.append(literal(",")) }
                append(element, to: &pieces)
            }
            pieces.append(literal("]"))
        case .scalar(let scalar): appendScalar(reader, scalar, to: &pieces)
        case .alias: reader.error("an alias to nothing")
        }
    }

    private func appendScalar(_ reader: NodeReader, _ scalar: Node.Scalar, to pieces: inout [Template.Piece]) {
        if scalar.style == .plain, let value = Self.plain(scalar.string) {
            pieces.append(literal(value.json))
            return
        }
        guard let parts = reader.pieces(literal: .jsonString, encoding: .jsonString, in: scope) else { return }
        if parts.count == 1, case .expression(let expression, _) = parts[0] {
            pieces.append(.expression(expression, .jsonValue))
        } else {
            pieces += [literal("\"")] + parts + [literal("\"")]
        }
    }

    /// YAML 1.2's core words and numbers, unquoted; `yes`, `no`, `on` and dates are texts.
    static func plain(_ text: String) -> Value? {
        switch text {
        case "", "~", "null": Value.none
        case "true": .boolean(true)
        case "false": .boolean(false)
        default: Int64(text).map(Value.integer) ?? NodeReader.decimal(text).map(Value.number)
        }
    }

    private func literal(_ text: String) -> Template.Piece {
        .bytes(Array(text.utf8))
    }
}
