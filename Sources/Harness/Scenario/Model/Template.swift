/// A text with `${expressions}` in it, cut into pieces once.
package struct Template: Sendable, Equatable {
    /// How the value of an expression is written.
    package enum Encoding: Sendable, Equatable {
        /// As it is.
        case plain
        /// For a URL: all but RFC 3986's unreserved characters as %XX.
        case percent
        /// Inside a JSON string: escaped, without quotes.
        case jsonString
        /// As a JSON value: a text with quotes, a number, boolean or list as such.
        case jsonValue
    }

    package enum Piece: Sendable, Equatable {
        /// UTF-8, written as it is.
        case bytes([UInt8])
        case expression(Expression, Encoding)
    }

    package let pieces: [Piece]

    /// Neighbouring literal pieces become one, and constant expressions become literals.
    package init(_ pieces: [Piece]) {
        var joined: [Piece] = []
        for piece in pieces {
            var next = piece
            if case .expression(let expression, let encoding) = piece, let value = expression.constant {
                var bytes: [UInt8] = []
                encoding.append(value, to: &bytes)
                next = .bytes(bytes)
            }
            if case .bytes(let tail) = next, case .bytes(let head) = joined.last {
                joined[joined.count - 1] = .bytes(head + tail)
            } else {
                joined.append(next)
            }
        }
        self.pieces = joined
    }

    package init(literal: String) {
        self.init([.bytes(Array(literal.utf8))])
    }

    /// The text, if it has no expressions.
    package var literal: String? {
        switch pieces.count {
        case 0: return ""
        case 1:
            guard case .bytes(let bytes) = pieces[0] else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        default: return nil
        }
    }

    /// Appends the rendered text, as UTF-8, to `bytes`.
    package func render(into bytes: inout [UInt8], _ context: inout some ExpressionContext) {
        for piece in pieces {
            switch piece {
            case .bytes(let literal): bytes.append(contentsOf: literal)
            case .expression(let expression, let encoding):
                encoding.append(expression.evaluate(&context), to: &bytes)
            }
        }
    }

    /// The rendered text.
    package func text(_ context: inout some ExpressionContext) -> String {
        var bytes: [UInt8] = []
        render(into: &bytes, &context)
        return String(decoding: bytes, as: UTF8.self)
    }
}
