import Yams

/// Reads a `set:`, of a step or of a load.
struct AssignmentsReader {
    let scope: NameScope

    func read(_ reader: NodeReader) -> [Assignment] {
        guard let fields = reader.mapping("variables, each with an expression: { seat: \"pick(finale[wave].seats)\" }")
        else {
            return []
        }
        return fields.entries.compactMap { entry in
            guard let value = entry.value.expression(in: scope), let slot = scope.slotForWriting(entry.key) else {
                return nil
            }
            return Assignment(slot: slot, value: value)
        }
    }
}

/// Finds the variables that a flow defines, before any of its expressions is read.
struct VariableCollector {
    let events: [EventTemplate]
    var data: [DataFeeder] = []

    /// The variables that captures and `set` steps define, in the order of the file.
    func variables(ofSteps reader: NodeReader?) -> [String] {
        guard let reader, case .sequence(let steps) = reader.node else { return [] }
        var names: [String] = []
        for (index, step) in steps.enumerated() {
            guard case .mapping(let entries) = step else { continue }
            for (key, value) in entries.rejoined {
                let child = reader.child(value, "\(reader.path)[\(index)].\(key.string ?? "")")
                switch key.string {
                case "set": names += variables(ofMapping: child)
                case "then", "else": names += variables(ofSteps: child)
                case "repeat", "group":
                    names += variable(value.mapping?["as"].map { child.child($0, "\(child.path).as") })
                    names += variables(ofSteps: value.mapping?["steps"].map { child.child($0, "\(child.path).steps") })
                case "parallel":
                    let list = value.mapping?["requests"].map { child.child($0, "\(child.path).requests") }
                    names += variables(ofSteps: list ?? child)
                default:
                    names +=
                        value.mapping?["capture"].map {
                            variables(ofMapping: child.child($0, "\(child.path).capture"))
                        } ?? []
                }
            }
        }
        return unique(names)
    }

    /// The keys of a `set` or `capture`; what cannot be a variable's name gets a diagnostic.
    func variables(ofMapping reader: NodeReader?) -> [String] {
        guard let reader, case .mapping(let entries) = reader.node else { return [] }
        return entries.rejoined.compactMap { key, _ in
            guard let name = key.string else { return nil }
            let position = SourcePosition(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
            let valid = Name.checkVariable(
                name,
                at: position,
                path: "\(reader.path).\(name)",
                in: reader.context,
                events: events,
                data: data
            )
            return valid ? name : nil
        }
    }

    /// The variable that a `repeat` counts in.
    private func variable(_ reader: NodeReader?) -> [String] {
        guard let reader, let name = reader.text else { return [] }
        let isValid = Name.checkVariable(
            name,
            at: reader.position,
            path: reader.path,
            in: reader.context,
            events: events,
            data: data
        )
        return isValid ? [name] : []
    }

    func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
