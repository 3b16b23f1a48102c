import Foundation

/// A regular expression (ICU's syntax), compiled once, that takes one value out of a text.
package struct TextPattern: Sendable, Equatable {
    package let source: String
    private let expression: NSRegularExpression

    /// Nil if it is not a regular expression.
    init?(_ source: String) {
        guard let expression = try? NSRegularExpression(pattern: source) else { return nil }
        self.source = source
        self.expression = expression
    }

    /// How many groups it captures; at most one makes sense.
    var groups: Int { expression.numberOfCaptureGroups }

    package static func == (left: TextPattern, right: TextPattern) -> Bool {
        left.source == right.source
    }

    /// What the group of the first match holds, or the whole match where there is no group; ``Value/none`` without a match.
    package func firstMatch(in bytes: UnsafeBufferPointer<UInt8>) -> Value {
        let text = String(decoding: bytes, as: UTF8.self)
        let whole = NSRange(location: 0, length: text.utf16.count)
        guard let match = expression.firstMatch(in: text, range: whole),
            let range = Range(match.range(at: min(groups, 1)), in: text)
        else { return .none }
        return .text(String(text[range]))
    }
}
