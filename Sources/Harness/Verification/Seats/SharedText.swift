/// Equal texts as one: a long history names the same few events and says the same few things of hundreds of thousands of requests.
struct SharedText {
    /// More different texts than these are not remembered.
    private static let limit = 100_000

    private var known: Set<String> = []

    /// The same text, with the memory of the first one like it.
    mutating func share(_ text: String) -> String {
        // Up to 15 bytes a text has no memory of its own.
        guard text.utf8.count > 15 else { return text }
        let (inserted, member) = known.count < Self.limit ? known.insert(text) : (false, text)
        return inserted ? text : member
    }
}
