/// One instruction of a flow's program.
///
/// A virtual user is an index into the program and its slots.
///
/// Every jump's target is within the program. Only ``request(_:)``, ``poll(_:)``, ``stream(_:)`` and ``think(_:)`` take
/// time; a loop without any of these spins at most ``maximumRepeats`` times.
package enum Instruction: Sendable, Equatable {
    case request(RequestStep)
    case poll(PollStep)
    case stream(StreamStep)
    case think(DurationDistribution)
    case set(slot: Int, Expression)
    case jump(to: Int)
    case jumpUnless(Expression, to: Int)
    /// Sets the slot to the count, a whole number of 0…``maximumRepeats`` (what is not a number counts as 0).
    case beginLoop(counterSlot: Int, times: Expression)
    /// If the slot is 0, jumps; otherwise takes 1 from it and goes on.
    case countDown(counterSlot: Int, orJumpTo: Int)
    /// Ends the iteration.
    case end

    /// The most that a `repeat` repeats.
    package static let maximumRepeats: Int64 = 1_000_000

    /// The value a loop's counter starts from.
    package static func repeats(_ value: Value) -> Int64 {
        guard let count = value.double, count > 0 else { return 0 }
        return count >= Double(maximumRepeats) ? maximumRepeats : Int64(count)
    }

    static func program(for steps: [Step]) -> [Instruction] {
        var program: [Instruction] = []
        append(steps, to: &program)
        program.append(.end)
        return program
    }

    private static func append(_ steps: [Step], to program: inout [Instruction]) {
        for step in steps {
            switch step.kind {
            case .request(let request): program.append(.request(request))
            case .poll(let poll): program.append(.poll(poll))
            case .stream(let stream): program.append(.stream(stream))
            case .think(let distribution): program.append(.think(distribution))
            case .set(let assignments):
                program += assignments.map { .set(slot: $0.slot, $0.value) }
            case .stop(let condition):
                program += [.jumpUnless(condition, to: program.count + 2), .end]
            case .branch(let condition, let then, let otherwise):
                let test = program.count
                program.append(.jumpUnless(condition, to: test))
                append(then, to: &program)
                if otherwise.isEmpty {
                    program[test] = .jumpUnless(condition, to: program.count)
                } else {
                    let leave = program.count
                    program.append(.jump(to: leave))
                    program[test] = .jumpUnless(condition, to: program.count)
                    append(otherwise, to: &program)
                    program[leave] = .jump(to: program.count)
                }
            case .loop(let times, let counterSlot, let body):
                program.append(.beginLoop(counterSlot: counterSlot, times: times))
                let head = program.count
                program.append(.countDown(counterSlot: counterSlot, orJumpTo: head))
                append(body, to: &program)
                program.append(.jump(to: head))
                program[head] = .countDown(counterSlot: counterSlot, orJumpTo: program.count)
            }
        }
    }
}
