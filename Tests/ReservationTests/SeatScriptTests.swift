import Contract
import RedisClient
import Reservation
import Testing
import TicketingTestKit

@Suite("The scripts that change seats, on a real Redis")
struct SeatScriptTests {
    // MARK: - Hold

    @Test("a free seat is held, and the hold says so everywhere")
    func hold() async throws {
        let fixture = try await SeatFixture.make(epoch: 3)
        let grant = try await fixture.hold(by: "ann", milliseconds: 5000)
        #expect(grant.version == SeatVersion.base(epoch: 3) + 1)
        #expect(!grant.isRepeated)
        let redis = fixture.stores.redis
        let held = try await redis.send(
            "HMGET",
            RedisArgument(fixture.keys.hold("R1C1")),
            "token",
            "user",
            "deadline",
            "version",
            "order"
        )
        #expect(held.array?.map(\.string) == [grant.token, "ann", String(grant.deadline), String(grant.version), nil])
        let lease = try await redis.send("ZSCORE", RedisArgument(fixture.keys.leases), "R1C1")
        #expect(lease.string.flatMap(Double.init) == Double(grant.deadline))
        let expiry = try await redis.send("PEXPIRETIME", RedisArgument(fixture.keys.hold("R1C1")))
        #expect(expiry.integer == grant.deadline + 60_000)
        let log = try await fixture.log()
        #expect(log.count == 1)
        let entry = try #require(log.first)
        #expect(entry["op"] == "hold")
        #expect(entry["from"] == "AVAILABLE")
        #expect(entry["to"] == "HELD")
        #expect(entry["trace"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(entry["version"] == String(grant.version))
        #expect(entry["deadline"] == String(grant.deadline))
    }

    @Test("a held seat is refused to another, and his own hold is shown to its holder, not prolonged")
    func heldSeat() async throws {
        let fixture = try await SeatFixture.make()
        let first = try await fixture.hold(by: "ann", milliseconds: 5000)
        #expect(try await refusal { _ = try await fixture.hold(by: "bob") }?.reason == .conflict)
        let again = try await fixture.hold(by: "ann", milliseconds: 600_000)
        #expect(again.isRepeated)
        #expect(again.token == first.token)
        #expect(again.deadline == first.deadline)
        #expect(again.version == first.version)
        #expect(try await fixture.log().count == 1)
    }

    @Test("anonymous is nobody's name: a second anonymous hold is refused")
    func anonymous() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold(by: "anonymous", anonymous: true)
        #expect(try await refusal { _ = try await fixture.hold(by: "anonymous", anonymous: true) }?.reason == .conflict)
    }

    @Test("of many who want one seat in one instant, one gets it")
    func race() async throws {
        let fixture = try await SeatFixture.make()
        let winners = try await winnersOfARace(fixture, users: 300)
        #expect(winners.count == 1)
    }

    @Test("a seat that the event does not have is unknown")
    func unknownSeat() async throws {
        let fixture = try await SeatFixture.make()
        #expect(try await refusal { _ = try await fixture.hold("R9C9", by: "ann") }?.reason == .unknown)
        #expect(try await refusal { try await fixture.release("R9C9", user: "ann") }?.reason == .unknown)
        #expect(try await refusal { _ = try await fixture.pin(["R9C9"], order: "o", user: "ann") }?.reason == .unknown)
        #expect(try await refusal { _ = try await fixture.confirm(["R9C9"], order: "o") }?.reason == .unknown)
    }

    @Test("a hold that has lapsed is free for the next, whose version is higher")
    func lapsed() async throws {
        let fixture = try await SeatFixture.make()
        let first = try await fixture.hold(by: "ann")
        try await fixture.lapse()
        let second = try await fixture.hold(by: "bob")
        #expect(second.version == first.version + 2)
        #expect(try await fixture.log().compactMap { $0["op"] } == ["hold", "expire", "hold"])
        #expect(try await fixture.log().dropFirst().first?["user"] == "ann")
    }

    // MARK: - Extend, release, sell

    @Test("only the holder extends, releases or sells, with his token if he shows one")
    func owner() async throws {
        let fixture = try await SeatFixture.make()
        let grant = try await fixture.hold(by: "ann")
        for (user, token) in [("bob", ""), ("bob", grant.token), ("ann", "wrong")] {
            #expect(try await refusal { _ = try await fixture.extend(user: user, token: token) }?.reason == .notHolder)
            #expect(try await refusal { try await fixture.release(user: user, token: token) }?.reason == .notHolder)
            #expect(try await refusal { _ = try await fixture.sell(user: user, token: token) }?.reason == .notHolder)
        }
        let lease = try await fixture.extend(user: "ann", token: grant.token, milliseconds: 120_000)
        #expect(lease.deadline > grant.deadline)
        #expect(lease.version == grant.version + 1)
        try await fixture.release(user: "ann", token: grant.token)
        #expect(try await !fixture.exists(fixture.keys.hold("R1C1")))
        #expect(try await fixture.stores.redis.send("ZSCORE", RedisArgument(fixture.keys.leases), "R1C1").isNull)
        _ = try await fixture.hold(by: "bob")
    }

    @Test("what has lapsed is gone for its holder")
    func gone() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold(by: "ann")
        try await fixture.lapse()
        #expect(try await refusal { _ = try await fixture.extend(user: "ann") }?.reason == .gone)
        #expect(try await refusal { try await fixture.release(user: "ann") }?.reason == .gone)
        #expect(try await refusal { _ = try await fixture.sell(user: "ann") }?.reason == .gone)
        #expect(try await refusal { _ = try await fixture.pin(order: "o", user: "ann") }?.reason == .gone)
    }

    @Test("a box-office sale is final, and says the same when asked again")
    func sell() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold(by: "ann")
        let version = try await fixture.sell(user: "ann")
        #expect(try await fixture.sell(user: "ann") == version)
        #expect(try await refusal { _ = try await fixture.sell(user: "bob") }?.reason == .sold)
        #expect(try await refusal { _ = try await fixture.hold(by: "ann") }?.reason == .sold)
        #expect(try await refusal { try await fixture.release(user: "ann") }?.reason == .sold)
        #expect(try await refusal { _ = try await fixture.extend(user: "ann") }?.reason == .sold)
    }

    // MARK: - Pin, confirm, cancel

    @Test("a pin takes all seats or none")
    func pinAllOrNone() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold("R1C1", by: "ann")
        _ = try await fixture.hold("R1C2", by: "bob")
        let refused = try await refusal { _ = try await fixture.pin(["R1C1", "R1C2"], order: "o1", user: "ann") }
        #expect(refused == SeatRefusal(.notHolder, seat: "R1C2"))
        let missing = try await refusal { _ = try await fixture.pin(["R1C1", "R1C3"], order: "o1", user: "ann") }
        #expect(missing == SeatRefusal(.gone, seat: "R1C3"))
        // Not pinned, so it can still be released.
        try await fixture.release(user: "ann")
    }

    @Test("a pinned hold is its order's: repeated the same, refused to another, and no more the user's to change")
    func pinned() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold(by: "ann", milliseconds: 5000)
        let deadline = try await fixture.pin(order: "o1", user: "ann")
        #expect(try await fixture.pin(order: "o1", user: "ann", milliseconds: 90_000) == deadline)
        #expect(try await refusal { _ = try await fixture.pin(order: "o2", user: "ann") }?.reason == .pinned)
        #expect(try await refusal { _ = try await fixture.extend(user: "ann") }?.reason == .pinned)
        #expect(try await refusal { try await fixture.release(user: "ann") }?.reason == .pinned)
        #expect(try await refusal { _ = try await fixture.sell(user: "ann") }?.reason == .pinned)
    }

    @Test("a confirmation sells all seats pinned to the order or none, and says the same when asked again")
    func confirm() async throws {
        let fixture = try await SeatFixture.make()
        for seat in ["R1C1", "R1C2", "R1C3"] { _ = try await fixture.hold(seat, by: "ann") }
        _ = try await fixture.pin(["R1C1", "R1C2"], order: "o1", user: "ann")
        #expect(
            try await refusal { _ = try await fixture.confirm(["R1C1", "R1C3"], order: "o1") }?.reason == .notPinned
        )
        #expect(try await refusal { _ = try await fixture.confirm(["R1C1"], order: "o2") }?.reason == .notHolder)
        #expect(try await !fixture.exists(fixture.keys.sold("R1C1")))
        let sale = try await fixture.confirm(["R1C1", "R1C2"], order: "o1")
        #expect(sale.user == "ann")
        #expect(sale.versions == [SeatVersion.base(epoch: 1) + 3, SeatVersion.base(epoch: 1) + 3])
        #expect(try await fixture.confirm(["R1C1", "R1C2"], order: "o1") == sale)
        #expect(try await fixture.pin(["R1C1", "R1C2"], order: "o1", user: "ann") > 0)
        #expect(try await refusal { _ = try await fixture.confirm(["R1C1"], order: "o2") }?.reason == .sold)
        #expect(try await refusal { _ = try await fixture.pin(["R1C1"], order: "o2", user: "ann") }?.reason == .sold)
        #expect(try await !fixture.exists(fixture.keys.hold("R1C1")))
    }

    @Test("a pin that has lapsed cannot be confirmed")
    func lapsedPin() async throws {
        let fixture = try await SeatFixture.make()
        _ = try await fixture.hold(by: "ann")
        _ = try await fixture.pin(order: "o1", user: "ann")
        try await fixture.lapse()
        #expect(try await refusal { _ = try await fixture.confirm(order: "o1") }?.reason == .gone)
        #expect(try await !fixture.exists(fixture.keys.sold("R1C1")))
    }

    @Test("a cancellation frees the order's pins and nobody else's, however often it comes")
    func cancel() async throws {
        let fixture = try await SeatFixture.make()
        for seat in ["R1C1", "R1C2", "R1C3"] { _ = try await fixture.hold(seat, by: "ann") }
        _ = try await fixture.pin(["R1C1"], order: "o1", user: "ann")
        _ = try await fixture.pin(["R1C2"], order: "o2", user: "ann")
        let all = ["R1C1", "R1C2", "R1C3"]
        #expect(try await fixture.cancel(all, order: "o1") == ["R1C1"])
        #expect(try await fixture.cancel(all, order: "o1") == [])
        _ = try await fixture.hold("R1C1", by: "bob")
        #expect(try await fixture.cancel(all, order: "o1") == [])
        #expect(try await fixture.confirm(["R1C2"], order: "o2").versions.count == 1)
    }

    // MARK: - Epochs and expiry

    @Test("every script refuses in another epoch, and when Redis has lost it")
    func epochs() async throws {
        let fixture = try await SeatFixture.make(epoch: 4)
        _ = try await fixture.hold(by: "ann")
        for lost in [false, true] {
            if lost {
                _ = try await fixture.stores.redis.send("DEL", RedisArgument(fixture.keys.epoch))
            } else {
                _ = try await fixture.stores.redis.send("SET", RedisArgument(fixture.keys.epoch), "5")
            }
            #expect(try await refusal { _ = try await fixture.hold("R1C2", by: "ann") }?.reason == .epoch)
            #expect(try await refusal { _ = try await fixture.extend(user: "ann") }?.reason == .epoch)
            #expect(try await refusal { try await fixture.release(user: "ann") }?.reason == .epoch)
            #expect(try await refusal { _ = try await fixture.sell(user: "ann") }?.reason == .epoch)
            #expect(try await refusal { _ = try await fixture.pin(order: "o", user: "ann") }?.reason == .epoch)
            #expect(try await refusal { _ = try await fixture.confirm(order: "o") }?.reason == .epoch)
            #expect(try await refusal { _ = try await fixture.cancel(order: "o") }?.reason == .epoch)
            #expect(try await refusal { _ = try await fixture.seats.sweep(fixture.keys, epoch: 4) }?.reason == .epoch)
        }
    }

    @Test("a sweep ends what is due, announces it, and tells when the next is due")
    func sweep() async throws {
        let fixture = try await SeatFixture.make()
        #expect(try await fixture.seats.sweep(fixture.keys, epoch: 1).next == nil)
        _ = try await fixture.hold("R1C1", by: "ann")
        _ = try await fixture.hold("R1C2", by: "ann", milliseconds: 30_000)
        try await fixture.lapse()
        let swept = try await fixture.seats.sweep(fixture.keys, epoch: 1)
        #expect(swept.ended == 1)
        let next = try #require(swept.next)
        #expect((1...30_000).contains(next))
        #expect(try await fixture.log().last?["op"] == "expire")
        #expect(try await fixture.seats.sweep(fixture.keys, epoch: 1).ended == 0)
    }

    @Test("a hold that has lapsed is never seen, even when more are due than one script ends")
    func greatExpiry() async throws {
        let names = (1...600).map { "R1C\($0)" }
        let fixture = try await SeatFixture.make(seats: names)
        for name in names { _ = try await fixture.hold(name, by: "ann") }
        for name in names { try await fixture.lapse(name) }
        // Equal scores are in the order of names, so this one comes after the first five hundred.
        #expect(try await refusal { _ = try await fixture.extend("R1C99", user: "ann") }?.reason == .gone)
        #expect(try await fixture.seats.sweep(fixture.keys, epoch: 1).next == nil)
        #expect(try await fixture.log().filter { $0["op"] == "expire" }.count == 600)
    }
}

/// Lets `users` users want R1C1 at once.
///
/// - Returns: Those who were told that it is theirs.
func winnersOfARace(_ fixture: SeatFixture, users: Int) async throws -> [String] {
    try await withThrowingTaskGroup(of: String?.self) { group in
        for index in 0..<users {
            group.addTask {
                let refused = try await refusal { _ = try await fixture.hold(by: "user-\(index)") }
                return refused == nil ? "user-\(index)" : nil
            }
        }
        return try await group.reduce(into: []) { winners, winner in
            if let winner { winners.append(winner) }
        }
    }
}
