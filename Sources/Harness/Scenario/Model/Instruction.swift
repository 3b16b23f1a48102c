/// One instruction of a flow's program.
///
/// A virtual user is an index into the program and its slots.
///
/// Every jump's target is within the program. Only ``request(_:)``, ``poll(_:)``, ``stream(_:)``, ``think(_:)``,
/// ``parallel(_:)``, ``rendezvous(_:)`` and ``redis(_:)`` take time; a loop without any of these spins at most ``maximumRepeats`` times.
package enum Instruction: Sendable, Equatable {
    case request(RequestStep)
    case poll(PollStep)
    case stream(StreamStep)
    case think(DurationDistribution)
    case parallel(ParallelStep)
    /// Index into `Scenario.rendezvous`.
    case rendezvous(Int)
    case redis(RedisStep)
    case set(slot: Int, Expression)
    case jump(to: Int)
    case jumpUnless(Expression, to: Int)
    /// Sets the slot to the count, a whole number of 0…``maximumRepeats`` (what is not a number counts as 0).
    case beginLoop(counterSlot: Int, times: Expression)
    /// If the slot is 0, jumps; otherwise takes 1 from it and goes on.
    case countDown(counterSlot: Int, orJumpTo: Int)
    /// Notes the time in the slot.
    case beginGroup(startSlot: Int)
    /// Measures the time since then, as `group_duration`.
    case endGroup(startSlot: Int, name: String)
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
        append(steps, within: [], to: &program)
        program.append(.end)
        return program
    }

    /// `open` are the ends of the groups around the steps, the innermost first: a stop ends these too, as k6's `group` is measured
    /// when its function returns, however it does.
    private static func append(_ steps: [Step], within open: [Instruction], to program: inout [Instruction]) {
        for step in steps {
            switch step.kind {
            case .request(let request): program.append(.request(request))
            case .poll(let poll): program.append(.poll(poll))
            case .stream(let stream): program.append(.stream(stream))
            case .think(let distribution): program.append(.think(distribution))
            case .parallel(let parallel): program.append(.parallel(parallel))
            case .rendezvous(let place): program.append(.rendezvous(place))
            case .redis(let command): program.append(.redis(command))
            case .set(let assignments):
                program += assignments.map { .set(slot: $0.slot, $0.value) }
            case .stop(let condition):
                program.append(.jumpUnless(condition, to: program.count + open.count + 2))
                program += open + [.end]
            case .branch(let condition, let then, let otherwise):
                let test = program.count
                program.append(.jumpUnless(condition, to: test))
                append(then, within: open, to: &program)
                if otherwise.isEmpty {
                    program[test] = .jumpUnless(condition, to: program.count)
                } else {
                    let leave = program.count
                    program.append(.jump(to: leave))
                    program[test] = .jumpUnless(condition, to: program.count)
                    append(otherwise, within: open, to: &program)
                    program[leave] = .jump(to: program.count)
                }
            case .loop(let times, let counterSlot, let indexSlot, let body):
                if let indexSlot { program.append(.set(slot: indexSlot, Expression(.integer(-1)))) }
                program.append(.beginLoop(counterSlot: counterSlot, times: times))
                let head = program.count
                program.append(.countDown(counterSlot: counterSlot, orJumpTo: head))
                if let indexSlot { program.append(.set(slot: indexSlot, .increment(of: indexSlot))) }
                append(body, within: open, to: &program)
                program.append(.jump(to: head))
                program[head] = .countDown(counterSlot: counterSlot, orJumpTo: program.count)
            case .group(let name, let startSlot, let body):
                let end = Instruction.endGroup(startSlot: startSlot, name: name)
                program.append(.beginGroup(startSlot: startSlot))
                append(body, within: [end] + open, to: &program)
                program.append(end)
            }
        }
    }
}
