/// What a series is about: `load`, `request`, `status`, `group`, `phase`, `error`, and the scenario's own.
///
/// Hashing a tag set costs a few hundred nanoseconds: it happens when a series is first met, never for each sample.
package struct Tags: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var values: [String: String]

    package init(_ values: [String: String] = [:]) {
        self.values = values
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        values = Dictionary(elements) { _, last in last }
    }

    package subscript(_ key: String) -> String? {
        values[key]
    }

    /// Whether every pair of `filter` is among these tags; the empty filter matches everything.
    package func matches(_ filter: Tags) -> Bool {
        filter.values.allSatisfy { values[$0.key] == $0.value }
    }
}
