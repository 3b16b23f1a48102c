/// Names that a scenario gives to its events, flows, loads, requests and variables.
enum Name {
    /// Letters, digits, `-` and `_`, a letter first: a name is a tag in metrics and a part of users' names.
    static func check(
        _ name: String,
        _ what: String,
        at position: SourcePosition,
        path: String,
        in context: ReadingContext
    ) {
        let scalars = name.unicodeScalars
        guard name.count <= 64, let first = scalars.first, first.isNameStart,
            scalars.allSatisfy({ $0.isNamePart || $0 == "-" })
        else {
            context.add(position, path, "\(what) is named with letters, digits, - and _, a letter first, at most 64")
            return
        }
    }

    /// A token of RFC 9110, 5.6.2.
    static func checkHeader(_ name: String, at position: SourcePosition, path: String, in context: ReadingContext) {
        let isToken = name.unicodeScalars.allSatisfy { scalar in
            scalar.isNamePart || "!#$%&'*+-.^`|~".unicodeScalars.contains(scalar)
        }
        if name.isEmpty || !isToken { context.add(position, path, "`\(name)` cannot be a header's name") }
    }

    /// As expressions can use it: no `-`, and not a word of the language.
    ///
    /// Capitals alone would be a text.
    static func checkVariable(
        _ name: String,
        at position: SourcePosition,
        path: String,
        in context: ReadingContext,
        events: [EventTemplate],
        data: [DataFeeder] = []
    ) -> Bool {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, first.isNameStart, scalars.allSatisfy(\.isNamePart), name.count <= 64,
            name.contains(where: \.isLowercase)
        else {
            context.add(
                position,
                path,
                "a variable is named with letters, digits and _, at least one of them a small letter"
            )
            return false
        }
        if NameScope.reserved.contains(name) {
            context.add(position, path, "`\(name)` is a word of the language; a variable needs another name")
            return false
        }
        if events.contains(where: { $0.name == name }) {
            context.add(position, path, "`\(name)` is an event; a variable needs another name")
            return false
        }
        if data.contains(where: { $0.name == name }) {
            context.add(position, path, "`\(name)` is a feeder of `data:`; a variable needs another name")
            return false
        }
        return true
    }
}
