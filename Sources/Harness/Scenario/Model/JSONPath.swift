/// A path into a JSON document: `$.seats[0].id`, `$["odd name"]`, or `$` for the whole of it.
package struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    package enum Segment: Sendable, Hashable {
        case key(String)
        /// Counts from 0.
        case index(Int)
    }
    package let segments: [Segment]

    package init(_ segments: [Segment]) {
        self.segments = segments
    }

    package var description: String {
        segments.reduce(into: "$") { text, segment in
            switch segment {
            case .key(let key): text += key.unicodeScalars.allSatisfy(\.isNamePart) ? ".\(key)" : "[\"\(key)\"]"
            case .index(let index): text += "[\(index)]"
            }
        }
    }
}
