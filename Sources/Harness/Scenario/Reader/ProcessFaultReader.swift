/// Reads what is done to processes, and to the embedded brokers.
struct ProcessFaultReader {
    /// The commands of the scenario's environment by what they do; nil for the embedded suite.
    let commands: [String: String]?

    func process(_ action: ProcessFaultSpec.Action, _ reader: NodeReader) -> FaultSpec.Kind? {
        guard let name = reader.string("a process: \(ProcessFaultSpec.suite.joined(separator: ", "))") else {
            return nil
        }
        let fault = FaultSpec.Kind.process(ProcessFaultSpec(action: action, process: name))
        guard commands == nil else {
            // It becomes a part of a shell command.
            if !name.unicodeScalars.allSatisfy({ $0.isNamePart || "-.".unicodeScalars.contains($0) }) {
                reader.error("a process is named with letters, digits, ., - and _")
            }
            return isPossible(action, reader) ? fault : nil
        }
        guard isInSuite(name) else {
            let suggestion = Spelling.suggestion(for: name, among: ProcessFaultSpec.suite)
            let known = ": the suite has \(ProcessFaultSpec.suite.joined(separator: ", "))"
            reader.error("there is no process `\(name)`\(suggestion.isEmpty ? known : suggestion)")
            return nil
        }
        if name == "kafka", action != .freeze {
            reader.error("the embedded broker keeps its log in memory; use `freeze: kafka` or `kafka: down`")
        }
        return fault
    }

    func broker(_ reader: NodeReader) -> FaultSpec.Kind? {
        if commands != nil {
            reader.error("only the embedded broker can be told to; here use a command: kill, freeze or restart")
        }
        if let text = reader.text {
            guard text == "down" else {
                let suggestion = Spelling.suggestion(for: text, among: ["down"])
                reader.error("expected down or { slow: 200ms }, found \"\(text)\"\(suggestion)")
                return nil
            }
            return .broker(BrokerFaultSpec(change: .down, brokers: []))
        }
        guard let fields = reader.mapping("down, { down: [1] } or { slow: 200ms, brokers: [1, 2] }") else { return nil }
        let slow = fields.optional("slow")
        let down = fields.optional("down")
        let brokers = fields.optional("brokers")
        if let slow, down != nil { slow.error("brokers that are down answer nothing; write another entry for this") }
        if down != nil, let brokers { brokers.error("write `down: [1, 2]`") }
        fields.finish()
        if let down { return .broker(BrokerFaultSpec(change: .down, brokers: ids(down))) }
        return slow?.duration(from: .milliseconds(1), to: .seconds(60)).map {
            .broker(BrokerFaultSpec(change: .slow($0), brokers: brokers.map(ids) ?? []))
        }
    }

    /// Whether the environment has the commands for it.
    private func isPossible(_ action: ProcessFaultSpec.Action, _ reader: NodeReader) -> Bool {
        let needed: [String] =
            switch action {
            case .freeze: ["freeze", "resume"]
            case .kill: ["kill", "restart"]
            case .restart: ["restart"]
            }
        guard let missing = needed.first(where: { commands?[$0] == nil }) else { return true }
        let example =
            ["kill": "kill", "restart": "restart", "freeze": "pause", "resume": "unpause"][missing] ?? missing
        reader.error(
            "this environment has no command to do it with: give `environment.commands.\(missing)`,"
                + " such as \"docker \(example) ${process}\""
        )
        return false
    }

    /// One of the processes, or a further one of a service.
    private func isInSuite(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 2, let number = Int(parts[1]), (2...16).contains(number) {
            return ProcessFaultSpec.suite.prefix(4).contains(String(parts[0]))
        }
        return ProcessFaultSpec.suite.contains(name)
    }

    private func ids(_ reader: NodeReader) -> [Int] {
        if !reader.isSequence { return reader.integer(1...16).map { [$0] } ?? [] }
        return (reader.sequence("ids of brokers: [1, 2]") ?? []).compactMap { $0.integer(1...16) }
    }
}
