/// `${NAME}` and `${NAME:-default}`: names in capitals, from the process' environment.
enum EnvironmentReference {
    /// Whether what stands between `${` and `}` is one.
    static func isReference(_ inner: String) -> Bool {
        let name = inner.unicodeScalars.prefix { $0 != ":" }
        let valid = name.first.map { ("A"..."Z").contains($0) } ?? false
        guard valid, name.allSatisfy({ ("A"..."Z").contains($0) || $0.isDigit || $0 == "_" }) else { return false }
        let rest = inner.unicodeScalars.dropFirst(name.count)
        return rest.isEmpty || rest.starts(with: ":-".unicodeScalars)
    }

    /// Replaces all references in a text; other `${…}` stay.
    ///
    /// - Throws: where a variable is neither set nor has a default.
    static func expand(_ text: String, _ environment: [String: String]) throws(ExpressionError) -> String {
        let scalars = Array(text.unicodeScalars)
        var result = ""
        var index = 0
        while index < scalars.count {
            guard scalars[index...].starts(with: "${".unicodeScalars), let end = scalars[index...].firstIndex(of: "}"),
                case let inner = String(scalars[(index + 2)..<end]), isReference(inner)
            else {
                result.unicodeScalars.append(scalars[index])
                index += 1
                continue
            }
            let name = String(inner.prefix { $0 != ":" })
            if let value = environment[name], !value.isEmpty {
                result += value
            } else if inner.count > name.count {
                result += inner.dropFirst(name.count + 2)
            } else {
                throw ExpressionError(
                    offset: index,
                    message: "the environment has no \(name); set it, or write ${\(name):-default}"
                )
            }
            index = end + 1
        }
        return result
    }
}
