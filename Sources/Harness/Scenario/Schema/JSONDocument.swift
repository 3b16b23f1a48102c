/// A JSON document whose members keep their order.
indirect enum JSONDocument: Sendable {
    case text(String)
    case number(Int)
    case boolean(Bool)
    case list([JSONDocument])
    case object([(key: String, value: JSONDocument)])

    /// Indented by two spaces a level; what fits on a line stands on one.
    func rendered(indent: String = "") -> String {
        let flat = self.flat
        guard flat.count + indent.count > 110 else { return flat }
        let deeper = indent + "  "
        switch self {
        case .list(let elements):
            let lines = elements.map { deeper + $0.rendered(indent: deeper) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .object(let members):
            let lines = members.map { "\(deeper)\(Self.quoted($0.key)): \($0.value.rendered(indent: deeper))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        default: return flat
        }
    }

    private var flat: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .list(let elements): elements.isEmpty ? "[]" : "[ \(elements.map(\.flat).joined(separator: ", ")) ]"
        case .object(let members):
            members.isEmpty
                ? "{}" : "{ \(members.map { "\(Self.quoted($0.key)): \($0.value.flat)" }.joined(separator: ", ")) }"
        }
    }

    private static func quoted(_ text: String) -> String { Value.text(text).json }
}
