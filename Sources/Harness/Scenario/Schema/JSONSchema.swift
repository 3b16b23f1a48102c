/// A JSON Schema (draft 2020-12), as far as the scenario language needs it.
indirect enum JSONSchema: Sendable {
    /// What a scalar of YAML is: a text, a number, or a boolean.
    case scalar
    case text
    /// A scalar of this form; the description says it in words.
    case pattern(String, String)
    case boolean
    /// A whole number within these bounds.
    case integer(ClosedRange<Int>)
    case oneOf([String])
    case null
    case anything
    case list(JSONSchema, atLeast: Int)
    /// These keys and no others.
    case object([Key])
    /// Any keys, with values of one kind.
    case map(JSONSchema)
    /// One key of any name but these, with a value of this kind.
    case named(JSONSchema, butNot: [String])
    case either([JSONSchema])
    /// An entry of ``ScenarioSchema/definitions``.
    case reference(String)

    struct Key: Sendable {
        let name: String
        let schema: JSONSchema
        let isRequired: Bool
        let about: String

        init(_ name: String, _ schema: JSONSchema, _ about: String = "", required: Bool = false) {
            self.name = name
            self.schema = schema
            self.about = about
            isRequired = required
        }
    }

    /// YAML ends a value at the comma within parentheses, as in `{ delay: lognormal(800ms, 400ms) }`, and takes the rest for a key
    /// without a value; the reader puts it together again, and the schema lets it pass.
    private static let restOfParentheses = "^[^(]*\\)$"

    var document: JSONDocument { .object(members) }

    private var members: [(key: String, value: JSONDocument)] {
        switch self {
        case .scalar: [("type", .list([.text("string"), .text("number"), .text("boolean")]))]
        case .text: [("type", .text("string"))]
        case .pattern(let pattern, let words):
            [
                ("type", .list([.text("string"), .text("number")])), ("pattern", .text(pattern)),
                ("description", .text(words)),
            ]
        case .boolean: [("type", .text("boolean"))]
        case .integer(let range):
            [
                ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ]
        case .oneOf(let words): [("enum", .list(words.map { .text($0) }))]
        case .null: [("type", .text("null"))]
        case .anything: []
        case .list(let element, let least):
            [("type", .text("array")), ("minItems", .number(least)), ("items", element.document)]
        case .object(let keys): Self.members(of: keys)
        case .map(let value): [("type", .text("object")), ("additionalProperties", value.document)]
        case .named(let value, let words):
            [
                ("type", .text("object")), ("minProperties", .number(1)), ("maxProperties", .number(1)),
                ("propertyNames", .object([("not", .object([("enum", .list(words.map { .text($0) }))]))])),
                ("additionalProperties", value.document),
            ]
        case .either(let options): [("anyOf", .list(options.map(\.document)))]
        case .reference(let name): [("$ref", .text("#/$defs/\(name)"))]
        }
    }

    private static func members(of keys: [Key]) -> [(key: String, value: JSONDocument)] {
        let properties = keys.map { key -> (key: String, value: JSONDocument) in
            guard !key.about.isEmpty else { return (key.name, key.schema.document) }
            let described = key.schema.members.filter { $0.key != "description" }
            return (key.name, .object(described + [("description", .text(key.about))]))
        }
        var members: [(key: String, value: JSONDocument)] = [
            ("type", .text("object")), ("properties", .object(properties)), ("additionalProperties", .boolean(false)),
            ("patternProperties", .object([(restOfParentheses, JSONSchema.null.document)])),
        ]
        let required = keys.filter(\.isRequired).map { JSONDocument.text($0.name) }
        if !required.isEmpty { members.append(("required", .list(required))) }
        return members
    }
}
