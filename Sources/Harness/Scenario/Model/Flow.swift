/// What a virtual user does in one iteration.
package struct Flow: Sendable, Equatable {
    package let name: String
    package let steps: [Step]
    /// The steps as a flat program; ends with ``Instruction/end``.
    package let program: [Instruction]
    /// Names of the slots: captures, `set` steps, the loads' `set`, and counters of loops (named `repeat#n`).
    ///
    /// All slots are ``Value/none`` at the start of an iteration, but for those that the load sets.
    package let slotNames: [String]
    package let position: SourcePosition

    package var slotCount: Int { slotNames.count }

    package func slot(named name: String) -> Int? {
        slotNames.firstIndex(of: name)
    }

    /// All requests of the flow in the order of the file, those of polls and streams too.
    package var requests: [RequestStep] {
        program.compactMap { instruction in
            switch instruction {
            case .request(let request): request
            case .poll(let poll): poll.request
            case .stream(let stream): stream.request
            default: nil
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
