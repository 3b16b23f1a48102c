import Yams

/// Applies `--set path=value` to a document: `load.clicks.users=10`, `faults.0.at=5s`.
enum NodeReplacement {
    /// The path as diagnostics write it, and the value.
    struct Setting {
        let segments: [String]
        let value: Node
        let option: String
    }

    static func setting(_ text: String) throws(ExpressionError) -> Setting {
        let option = "--set \(text)"
        guard let equals = text.firstIndex(of: "=") else {
            throw ExpressionError(offset: 0, message: "expected path=value, as in --set load.clicks.users=10")
        }
        let segments = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !segments.contains("") else {
            throw ExpressionError(offset: 0, message: "expected a path such as load.clicks.users before the =")
        }
        let yaml = String(text[text.index(after: equals)...])
        do {
            return Setting(segments: segments, value: try Yams.compose(yaml: yaml) ?? Node(""), option: option)
        } catch {
            throw ExpressionError(offset: 0, message: "the value is not YAML: \(yaml)")
        }
    }

    /// The document with the value in it, and the path in the form of diagnostics.
    static func apply(_ setting: Setting, to root: Node) throws(ExpressionError) -> (node: Node, path: String) {
        var path = ""
        let node = try replace(setting.segments[...], with: setting.value, in: root, path: &path)
        return (node, path)
    }

    private static func replace(
        _ segments: ArraySlice<String>,
        with value: Node,
        in node: Node,
        path: inout String
    ) throws(ExpressionError) -> Node {
        guard let segment = segments.first else { return value }
        switch node {
        case .mapping(var mapping):
            path += path.isEmpty ? segment : ".\(segment)"
            let key = mapping.keys.first { $0.string == segment }
            guard key != nil || segments.count == 1 else {
                let suggestion = Spelling.suggestion(for: segment, among: mapping.keys.compactMap(\.string))
                throw ExpressionError(offset: 0, message: "the scenario has no \(path)\(suggestion)")
            }
            let new = try key.flatMap { mapping[$0] }.map { old throws(ExpressionError) in
                try replace(segments.dropFirst(), with: value, in: old, path: &path)
            }
            mapping[key ?? Node(segment)] = new ?? value
            return .mapping(mapping)
        case .sequence(var sequence):
            guard let index = Int(segment), sequence.indices.contains(index) else {
                throw ExpressionError(offset: 0, message: "the scenario has no \(path)[\(segment)]")
            }
            path += "[\(index)]"
            sequence[index] = try replace(segments.dropFirst(), with: value, in: sequence[index], path: &path)
            return .sequence(sequence)
        case .scalar, .alias:
            throw ExpressionError(
                offset: 0,
                message: "\(path) of the scenario is a single value, so it has no \(segment)"
            )
        }
    }
}
