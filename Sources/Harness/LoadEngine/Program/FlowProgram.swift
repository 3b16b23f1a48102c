import Scenario

/// A flow's instructions with their requests planned: what virtual users execute.
final class FlowProgram: Sendable {
    /// As ``Instruction``, with plans instead of steps and ns instead of durations.
    enum Operation: Sendable {
        case request(RequestPlan)
        case poll(RequestPlan, until: Expression, every: UInt64, within: UInt64)
        case stream(RequestPlan, duration: UInt64)
        case think(DurationDistribution)
        case parallel([RequestPlan], limit: Int)
        case rendezvous(Int)
        case redis(RedisStep)
        case set(slot: Int, Expression)
        case jump(to: Int)
        case jumpUnless(Expression, to: Int)
        case beginLoop(counterSlot: Int, times: Expression)
        case countDown(counterSlot: Int, orJumpTo: Int)
        case beginGroup(startSlot: Int)
        case endGroup(startSlot: Int, name: String)
        case end
    }

    let operations: [Operation]
    let slotCount: Int

    init(_ flow: Flow) {
        slotCount = flow.slotCount
        let reads = flow.program.contains { Self.readsReply($0) }
        operations = flow.program.map { instruction in
            switch instruction {
            case .request(let step):
                .request(RequestPlan(step, isStream: false, flowReadsReplies: reads))
            case .poll(let poll):
                .poll(
                    RequestPlan(poll.request, isStream: false, flowReadsReplies: true),
                    until: poll.until,
                    every: poll.every.nanoseconds,
                    within: poll.within.nanoseconds
                )
            case .stream(let stream):
                .stream(
                    RequestPlan(stream.request, isStream: true, flowReadsReplies: false),
                    duration: stream.duration.nanoseconds
                )
            case .think(let distribution): .think(distribution)
            case .parallel(let parallel):
                .parallel(
                    parallel.requests.map { RequestPlan($0, isStream: false, flowReadsReplies: false) },
                    limit: parallel.limit
                )
            case .rendezvous(let place): .rendezvous(place)
            case .redis(let step): .redis(step)
            case .set(let slot, let expression): .set(slot: slot, expression)
            case .jump(let target): .jump(to: target)
            case .jumpUnless(let condition, let target): .jumpUnless(condition, to: target)
            case .beginLoop(let slot, let times): .beginLoop(counterSlot: slot, times: times)
            case .countDown(let slot, let target): .countDown(counterSlot: slot, orJumpTo: target)
            case .beginGroup(let slot): .beginGroup(startSlot: slot)
            case .endGroup(let slot, let name): .endGroup(startSlot: slot, name: name)
            case .end: .end
            }
        }
    }

    /// Whether an expression may read the last reply's body; its source is searched, which errs on the side of keeping it.
    private static func readsReply(_ instruction: Instruction) -> Bool {
        switch instruction {
        case .set(_, let expression), .jumpUnless(let expression, _), .beginLoop(_, let expression):
            expression.source.contains("$")
        case .request(let step): readsReply(step)
        case .poll(let poll): readsReply(poll.request)
        case .stream(let stream): readsReply(stream.request)
        case .parallel(let parallel): parallel.requests.contains(where: readsReply)
        case .redis(let step): step.command.contains(where: readsReply)
        default: false
        }
    }

    private static func readsReply(_ step: RequestStep) -> Bool {
        var templates = step.headers.map(\.value)
        templates.append(step.url)
        if let body = step.body { templates.append(body.template) }
        templates += step.tags.map(\.value)
        return templates.contains(where: readsReply)
    }

    private static func readsReply(_ template: Template) -> Bool {
        template.pieces.contains { piece in
            guard case .expression(let expression, _) = piece else { return false }
            return expression.source.contains("$")
        }
    }
}
