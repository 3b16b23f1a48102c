/// What a virtual user does in one iteration.
package struct Flow: Sendable, Equatable {
    package let name: String
    package let steps: [Step]
    /// The steps as a flat program; ends with ``Instruction/end``.
    package let program: [Instruction]
    /// Names of the slots: captures, `set` steps, the loads' `set`, and those that no expression
    /// can name: counters of loops (`repeat#n`), starts of groups (`group#n`).
    ///
    /// All slots are ``Value/none`` at the start of an iteration, but for those that the load sets.
    package let slotNames: [String]
    package let position: SourcePosition

    /// The own tags of its requests.
    var tags: [TagTemplate] { requests.flatMap(\.tags) + commands.flatMap(\.tags) }

    /// Its commands for Redis.
    package var commands: [RedisStep] {
        program.compactMap { if case .redis(let command) = $0 { command } else { nil } }
    }

    /// Connections that a user has at one time at the most.
    package var connections: Int {
        program.reduce(1) { most, instruction in
            guard case .parallel(let parallel) = instruction else { return most }
            return max(most, min(parallel.limit, parallel.requests.count))
        }
    }

    /// Its groups by their full names.
    package var groups: [String] {
        program.compactMap { if case .endGroup(_, let name) = $0 { name } else { nil } }
    }

    package var slotCount: Int { slotNames.count }

    package func slot(named name: String) -> Int? {
        slotNames.firstIndex(of: name)
    }

    /// All HTTP requests of the flow in the order of the file, those of polls, streams and parallel ones too.
    package var requests: [RequestStep] {
        program.flatMap { instruction -> [RequestStep] in
            switch instruction {
            case .request(let request): [request]
            case .poll(let poll): [poll.request]
            case .stream(let stream): [stream.request]
            case .parallel(let parallel): parallel.requests
            default: []
            }
        }
    }

    init(name: String, steps: [Step], slotNames: [String], position: SourcePosition) {
        self.name = name
        self.steps = steps
        self.slotNames = slotNames
        self.position = position
        program = Instruction.program(for: steps)
    }
}
