/// Cuts a text into literal pieces and `${expressions}`; `$${` stands for `${` itself.
enum TemplateParser {
    /// Writes the literal pieces as `literal` says, and the values of expressions as `encoding` says.
    static func parse(
        _ source: String,
        literal: Template.Encoding = .plain,
        encoding: Template.Encoding,
        in scope: NameScope
    ) throws(ExpressionError) -> [Template.Piece] {
        let scalars = Array(source.unicodeScalars)
        var pieces: [Template.Piece] = []
        var text = ""
        var index = 0
        func flush() {
            guard !text.isEmpty else { return }
            var bytes: [UInt8] = []
            literal.append(.text(text), to: &bytes)
            pieces.append(.bytes(bytes))
            text = ""
        }
        while index < scalars.count {
            let rest = scalars[index...]
            if rest.starts(with: "$${".unicodeScalars) {
                text += "${"
                index += 3
            } else if rest.starts(with: "${".unicodeScalars) {
                guard let end = closingBrace(rest.dropFirst(2)) else {
                    throw ExpressionError(offset: index, message: "this ${ has no closing }")
                }
                let inner = String(scalars[(index + 2)..<end])
                flush()
                pieces.append(.expression(try expression(inner, at: index + 2, in: scope), encoding))
                index = end + 1
            } else {
                text.unicodeScalars.append(scalars[index])
                index += 1
            }
        }
        flush()
        return pieces
    }

    private static func expression(
        _ source: String,
        at offset: Int,
        in scope: NameScope
    ) throws(ExpressionError) -> Expression {
        if EnvironmentReference.isReference(source) {
            throw ExpressionError(
                offset: offset,
                message: "${\(source)} is a variable of the environment, and only `environment:` reads these;"
                    + " elsewhere, --set changes a value"
            )
        }
        do {
            return try ExpressionParser.parse(source, in: scope)
        } catch {
            throw ExpressionError(offset: offset + error.offset, message: error.message)
        }
    }

    /// The index of the brace that ends the expression, not counting those in quotes.
    private static func closingBrace(_ scalars: ArraySlice<Unicode.Scalar>) -> Int? {
        var quote: Unicode.Scalar?
        for index in scalars.indices {
            let scalar = scalars[index]
            if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
            } else if scalar == "}" {
                return index
            }
        }
        return nil
    }
}
