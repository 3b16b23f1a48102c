/// Reads `events:`.
enum EventsReader {
    static func read(_ reader: NodeReader?) -> [EventTemplate] {
        guard let reader, let mapping = reader.mapping("events by name") else { return [] }
        return mapping.entries.compactMap { entry in
            _ = Name.checkVariable(
                entry.key,
                at: entry.keyPosition,
                path: entry.value.path,
                in: reader.context,
                events: []
            )
            guard let fields = entry.value.mapping("an event: { rows: 5, cols: 10, price: 50000, copies: 20 }") else {
                return nil
            }
            let template = EventTemplate(
                name: entry.key,
                rows: fields.required("rows")?.integer(1...200) ?? 1,
                columns: fields.required("cols")?.integer(1...200) ?? 1,
                price: Int64(fields.required("price")?.integer(0...1_000_000_000) ?? 0),
                copies: fields.optional("copies").map { $0.integer(1...1000) ?? 1000 } ?? 1,
                position: entry.keyPosition
            )
            fields.finish()
            return template
        }
    }
}
