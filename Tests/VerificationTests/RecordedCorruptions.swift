import Contract

@testable import Verification

/// Corruptions of what was recorded beside the stores: spans, streams of seats, and what the suite had open before and after.
let recordedCorruptions: [Corruption] = [
    Corruption("a trace ends at Kafka", ["trace-complete": .violated]) {
        $0.change(spans: { $0.remove { trace, label in trace == "to1" && label.contains("CONSUMER") } })
    },
    Corruption("a hop has lost its parent", ["trace-complete": .violated]) {
        $0.change(spans: { spans in
            spans.remove { trace, label in trace == "to1" && label.contains("saga") }
            spans.add(99, "order INTERNAL saga", parent: 77, trace: "to1")
        })
    },
    Corruption("a trace is not whole, and spans were lost", ["trace-complete": .inconclusive]) {
        $0.change(spans: { spans in
            spans.remove { trace, label in trace == "to1" && label.contains("CONSUMER") }
            spans.losses = ["order dropped 3 spans"]
        })
    },
    Corruption("a message was processed in another trace, and spans were lost", ["trace-complete": .violated]) {
        $0.change(spans: { spans in
            spans.remove { trace, label in trace == "to1" && label.contains("CONSUMER") }
            spans.add(98, "reservation CONSUMER process order.events", trace: "tx", message: "order.events/1")
            spans.losses = ["order dropped 3 spans"]
        })
    },
    Corruption("spans were lost, and every trace is whole", [:]) {
        $0.change(spans: { $0.losses = ["order dropped 3 spans"] })
    },
    Corruption("a trace lacks what a service had not sent when it was killed", [:]) {
        $0.change(spans: { spans in
            spans.remove { trace, label in trace == "to1" && label.hasPrefix("order") }
            spans.ended = ["order"]
        })
    },
    Corruption("a trace lacks more than a service had not sent when it was killed", ["trace-complete": .violated]) {
        $0.change(spans: { spans in
            spans.remove { trace, label in trace == "to1" && label.contains("CONSUMER") }
            spans.ended = ["order"]
        })
    },
    Corruption("no trace is whole, as services were killed", ["trace-complete": .inconclusive]) {
        $0.change(spans: { spans in
            spans.remove { _, label in label.hasPrefix("order") }
            spans.ended = ["order"]
        })
    },
    Corruption("the spans could not be read", ["trace-complete": .inconclusive]) {
        $0.spans = .unreadable(name: "the spans", reason: "spans.jsonl: no such file")
    },
    Corruption("a watcher is told the same version again", ["sse-monotonic": .violated, "sse-converges": .violated]) {
        $0.retell(4) { $0.version -= 1 }
    },
    Corruption("two changes reach a watcher in the wrong order", ["sse-monotonic": .violated]) {
        $0.stream { $0.connections[0].arrivals.swapAt(3, 4) }
    },
    Corruption("a change is not told", ["sse-complete": .violated]) {
        $0.stream { $0.connections[0].arrivals.remove(at: 2) }
    },
    Corruption("a change that was missed in a break is not told", ["sse-complete": .violated]) {
        $0.stream { $0.connections[1].arrivals.remove(at: 0) }
    },
    Corruption("after a break a watcher is told again what he knows", ["sse-monotonic": .violated]) {
        $0.stream { stream in
            stream.connections[1].arrivals.insert(stream.connections[0].arrivals[5], at: 0)
        }
    },
    Corruption("the last change never reaches a watcher", ["sse-converges": .violated]) {
        $0.stream { $0.connections[1].arrivals.removeLast() }
    },
    Corruption("the last change does not reach a watcher whose stream ends while something is broken", [:]) {
        $0.stream { $0.connections[1].arrivals.removeLast() }
        $0.faults = [.init(name: "freeze catalog", from: 10, to: 60)]
    },
    Corruption(
        "the last change has not reached a watcher by the end, and what did was 12 s old",
        ["sse-converges": .inconclusive]
    ) {
        $0.stream { stream in
            stream.connections[1].arrivals.removeLast()
            stream.connections[1].arrivals[2].at = 15_000_000_000
        }
    },
    Corruption(
        "the last change has not reached a watcher by the end, and what did was 9 s old",
        ["sse-converges": .violated]
    ) {
        $0.stream { stream in
            stream.connections[1].arrivals.removeLast()
            stream.connections[1].arrivals[2].at = 12_000_000_000
        }
    },
    Corruption("a watcher is told of another state than the log has", ["sse-converges": .violated]) {
        $0.retell(9) { $0.status = .held }
    },
    Corruption("the map that a watcher begins with says that a seat is held", ["sse-converges": .violated]) {
        $0.remap { $0[2].status = .held }
    },
    Corruption("the map that a watcher comes back to is of another version", ["sse-converges": .violated]) {
        $0.comeBack { $0[0].version -= 1 }
    },
    Corruption("the map that a watcher comes back to says that a sold seat is free", ["sse-converges": .violated]) {
        $0.comeBack { $0[0].status = .available }
    },
    Corruption("the map that a watcher comes back to lacks a seat", ["sse-converges": .violated]) {
        $0.comeBack(after: 6) { $0.remove(at: 1) }
    },
    Corruption("the map that a watcher comes back to says that a held seat is free", ["sse-converges": .violated]) {
        $0.comeBack(after: 6) { $0[0].status = .available }
    },
    Corruption("the map that a watcher comes back to is true", [:]) { $0.comeBack { _ in } },
    Corruption("a map is told of an event that was opened again", [:]) {
        $0.comeBack(after: 6) { $0[0].status = .available }
        $0.change(redis: { redis in
            redis.log += [Int64(0), 1].map { time in
                var opening = logged("reset", "", by: "", at: 2_500 * time, version: time)
                opening.sequence = 9
                return opening
            }
        })
    },
    Corruption("a stream ended just after the last change", [:]) {
        $0.stream { stream in
            stream.connections[1].arrivals.removeLast()
            stream.connections[1].ended = 7_500_000_000
        }
    },
    Corruption("after the faults Redis has more connections than before", ["clean-recovery": .violated]) {
        $0.recover { $0.redisConnections = 9 }
    },
    Corruption("after the faults a lock is held", ["clean-recovery": .violated]) { $0.recover { $0.locks = ["e1"] } },
    Corruption("after the faults a transaction is open", ["clean-recovery": .violated]) {
        $0.recover { $0.transactions = ["session 9, for 30 s"] }
    },
    Corruption("after the faults a process is stopped", ["clean-recovery": .violated]) {
        $0.recover { $0.leftovers = ["redis is stopped"] }
    },
    Corruption("after the faults pools have grown", [:]) { $0.recover { $0.mysqlConnections = 99 } },
    Corruption("what the faults left could not be read", ["clean-recovery": .inconclusive]) {
        $0.recover { _ in }
        $0.recovery = .unreadable(name: "what the faults left behind", reason: "connection refused")
    },
]

extension Evidence {
    /// Changes what the watcher of the clean run received.
    fileprivate mutating func stream(_ body: (inout StreamHistory.Stream) -> Void) {
        guard var told = clients.content else { return }
        body(&told.streams.streams[0])
        clients = .read(told)
    }

    /// Changes what message number `place` says.
    fileprivate mutating func retell(_ place: Int, _ body: (inout SeatUpdateBody) -> Void) {
        guard var told = clients.content, case .update(var update) = told.streams.messages[place].content else {
            return
        }
        body(&update)
        told.streams.messages[place].content = .update(update)
        clients = .read(told)
    }

    /// Changes the map that the watcher of the clean run begins with.
    fileprivate mutating func remap(_ body: (inout [SeatUpdateBody]) -> Void) {
        guard var told = clients.content, case .initial(var seats) = told.streams.messages[0].content else { return }
        body(&seats)
        told.streams.messages[0].content = .initial(seats)
        clients = .read(told)
    }

    /// The watcher of the clean run comes back to a whole map that is true but for `body` and knows of what was told up to message
    /// number `last`, and to the changes after it.
    fileprivate mutating func comeBack(after last: Int = 9, _ body: (inout [SeatUpdateBody]) -> Void) {
        guard var told = clients.content, case .initial(var seats) = told.streams.messages[0].content else { return }
        for message in told.streams.messages[1...last] {
            guard case .update(let update) = message.content,
                let place = seats.firstIndex(where: { $0.seatId == update.seatId })
            else { continue }
            seats[place] = update
        }
        body(&seats)
        told.streams.messages.append(.init(id: told.streams.messages[last].id, content: .initial(seats)))
        let map = StreamHistory.Arrival(message: told.streams.messages.count - 1, at: 7_000_000_000)
        let old = told.streams.streams[0].connections[1].arrivals
        told.streams.streams[0].connections[1].arrivals = [map] + old.filter { $0.message > last }
        clients = .read(told)
    }

    /// Has a fault in the middle of the run, after which the suite is as it was but for `change`.
    fileprivate mutating func recover(_ change: (inout SuiteSnapshot) -> Void) {
        faults = [.init(name: "redis dies", from: 10, to: 20)]
        var after = SuiteSnapshot()
        change(&after)
        recovery = .read(RecoveryEvidence(before: SuiteSnapshot(), after: after))
    }
}
