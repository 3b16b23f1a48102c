import Contract
import Linearizability

@testable import Verification

private let seat = SeatID("e1", "R1C1")

/// Corruptions of what was asked and answered, and of the seats' histories.
let historyCorruptions: [Corruption] = [
    Corruption("most requests were answered with 503, and nothing was broken", ["progress": .violated]) {
        $0.change(clients: { for index in 0..<21 { $0.requests[index].isAnswered = false } })
    },
    Corruption(
        "seats are refused as taken, and nobody was granted any",
        ["progress": .violated, "hold-exclusive": .inconclusive, "no-orphan-hold": .inconclusive]
    ) {
        $0.change(clients: { $0.grants = [] })
    },
    Corruption("nobody was served for long after the last fault", ["progress": .violated]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 20)]
        $0.change(clients: { for index in 10..<31 { $0.requests[index].isAnswered = false } })
    },
    Corruption("what was asked soon after the last fault was answered long after it", ["progress": .violated]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 20)]
        $0.change(clients: { for index in 20..<40 { $0.requests[index].until = 45 } })
    },
    Corruption("what was first asked late after the last fault was answered at once", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 20)]
        $0.change(clients: { clients in
            clients.requests.removeAll { $0.at > 20 && $0.at < 30 }
            for index in clients.requests.indices where clients.requests[index].at == 30 {
                clients.requests[index].until = 32
            }
        })
    },
    Corruption("service resumed soon after the last fault", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 20)]
        $0.change(clients: { for index in 10..<28 { $0.requests[index].isAnswered = false } })
    },
    Corruption("the load ended before service had to resume", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 33)]
        $0.change(clients: { for index in 10..<40 { $0.requests[index].isAnswered = false } })
    },
    Corruption("the load ended with the last fault", [:]) {
        $0.faults = [.init(name: "redis dies", from: 10, to: 39.5)]
        $0.change(clients: { for index in 10..<40 { $0.requests[index].isAnswered = false } })
    },
    Corruption("a hold was granted that Redis knows nothing of", ["seat-history": .violated]) {
        $0.change(clients: { $0.seatCalls.append(hold("dan", "R1C1", at: 1_800, version: 9)) })
    },
    Corruption("a free seat was refused", ["honest-refusal": .violated, "seat-history": .violated]) {
        $0.change(clients: { $0.seatCalls.append(hold("dan", "R1C3", at: 9_000, refused: .conflict)) })
    },
    Corruption("the request that took a seat was refused it", ["honest-refusal": .violated]) {
        let trace = String(repeating: "b", count: 32)
        $0.change(
            clients: { clients in
                var refused = hold("eve", "R1C5", at: 1_000, refused: .conflict)
                refused.fact.trace = trace
                clients.seatCalls.append(refused)
                // Nobody watches what the watcher of the clean run was not told of.
                clients.streams = StreamHistory()
            },
            redis: { redis in
                var taken = logged("hold", "R1C5", by: "eve", at: 1_000, version: 1, until: 31_000)
                taken.trace = trace
                redis.log.append(taken)
            }
        )
    },
    Corruption("an order was refused while its user held every seat of it", ["honest-refusal": .violated]) {
        $0.change(clients: { $0.seatOrders.append(refusedOrder(["R1C1"], from: 1_300, to: 1_400)) })
    },
    Corruption("an order was refused of which another held a seat, or whose hold was being pinned, or was over", [:]) {
        $0.change(clients: { clients in
            clients.seatOrders += [
                refusedOrder(["R1C1", "R1C2"], from: 1_300, to: 1_400), refusedOrder(["R1C1"], from: 1_990, to: 2_010),
                refusedOrder(["R1C1"], from: 990, to: 1_400), refusedOrder(["R1C1"], from: 40_000, to: 40_100),
                refusedOrder(["R1C1"], from: 1_300, to: 1_400, status: 422),
                // 403 is said of the caller's scopes.
                refusedOrder(["R1C1"], from: 1_300, to: 1_400, status: 403),
                refusedOrder(["R1C1"], from: 1_300, to: 1_400, status: nil),
            ]
        })
    },
    Corruption(
        "a confirm is moved past the end of its pin",
        ["seat-history": .violated, "sse-converges": .violated]
    ) {
        $0.change(redis: { $0.log[2].time = 40_000 })
    },
    Corruption("two replies are swapped", ["seat-history": .violated]) {
        $0.change(clients: { clients in
            clients.seatCalls[0].outcome = .conflict
            clients.seatCalls[3].outcome = .ok
        })
    },
    Corruption("a version is renumbered", ["seat-history": .violated, "sse-converges": .violated]) {
        $0.change(redis: { redis in
            redis.log[1].version += 1
            redis.log[2].version -= 1
        })
    },
    Corruption("a stranger pinned a hold", ["owner-only": .violated, "seat-history": .violated]) {
        $0.change(redis: { $0.log[1].user = "dan" })
    },
    Corruption("a hold was ended before its time", ["no-early-loss": .violated, "sse-converges": .violated]) {
        $0.change(
            clients: { $0.seatCalls.append(hold("eve", "R1C5", at: 1_000, version: 1)) },
            redis: {
                $0.log.append(logged("hold", "R1C5", by: "eve", at: 1_000, version: 1, until: 31_000))
                $0.log.append(logged("expire", "R1C5", by: "eve", at: 20_000, version: 2))
            }
        )
    },
    Corruption("a pin of an order that was paid did not survive a loss of Redis", ["no-early-loss": .violated]) {
        $0.change(
            clients: { $0.streams = StreamHistory() },
            redis: { redis in
                redis.log.remove(at: 2)
                var restored = logged("restore", "", by: "", at: 3_500, version: 0)
                var taken = logged("hold", "R1C1", by: "dan", at: 3_900, version: 1, until: 33_900)
                restored.version = 2 << 32
                taken.version = 2 << 32 + 1
                redis.log += [restored, taken]
            }
        )
    },
    Corruption(
        "Redis was lost, and MySQL cannot say which pins were paid for",
        withoutMySQL.merging(["no-early-loss": .inconclusive]) { $1 }
    ) {
        $0.change(redis: { redis in
            var restored = logged("restore", "", by: "", at: 30_000, version: 0)
            restored.version = 2 << 32
            redis.log.append(restored)
        })
        $0.mysql = .unreadable(name: "MySQL", reason: "it was killed")
    },
    Corruption(
        "the seats' log has lost its beginning",
        [
            "seat-history": .inconclusive, "honest-refusal": .inconclusive, "owner-only": .inconclusive,
            "no-early-loss": .inconclusive, "sse-complete": .inconclusive, "sse-converges": .inconclusive,
        ]
    ) {
        $0.change(redis: { $0.logGap = "the seats' log of e1 has 1 of 9 entries" })
    },
    Corruption(
        "nothing was done, and nothing is asked",
        [:]
    ) {
        $0.change(clients: { $0 = .init() }, redis: { $0 = .init() }, mysql: { $0 = .init() }, kafka: { $0 = .init() })
    },
]

/// An order of ann's that was refused; times in ms.
private func refusedOrder(_ seats: [String], from: Int64, to: Int64, status: Int? = 410) -> ClientSeatOrder {
    ClientSeatOrder(
        seats: seats.map { SeatID("e1", $0) },
        user: "ann",
        invoke: from * 1_000,
        return: to * 1_000,
        status: status,
        index: 50
    )
}
