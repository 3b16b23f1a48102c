/// One header of a message; names may repeat, and order is kept.
package struct KafkaHeader: Sendable, Equatable {
    /// Its name, case-sensitive.
    package let name: String
    /// Its bytes.
    package let value: [UInt8]

    /// Makes a header of bytes.
    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Makes a header of text.
    package init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }

    /// The value as text; what is not UTF-8 is replaced.
    package var text: String { String(decoding: self.value, as: UTF8.self) }
}
