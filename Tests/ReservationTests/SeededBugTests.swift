import Contract
import Foundation
import MySQLClient
import Observability
import Reservation
import SeededBugs
import ServiceKit
import Testing
import TicketingTestKit

@Suite("The seeded bugs", .serialized)
struct SeededBugTests {
    /// Buys R1C1 for all who were told that they hold it.
    ///
    /// - Returns: The orders whose seats were confirmed, and the users on the tickets.
    private func buy(
        _ bug: SeededBug,
        users: Int
    ) async throws -> (confirmed: Int, ticketUsers: [String], winners: [String]) {
        let variations = bug.variations
        let fixture = try await SeatFixture.make(variations: variations)
        let mysql = try await schema(variations)
        defer { Task { await mysql.close() } }
        _ = try await mysql.execute(
            """
            INSERT INTO events (id, title, description, date_time, seat_rows, seat_cols, epoch)
            VALUES (?, 'A test', '', '2026-12-24T20:00:00Z', 1, 1, 1)
            """,
            [.text(fixture.event)]
        )
        let winners = try await winnersOfARace(fixture, users: users)
        for user in winners { _ = try await fixture.pin(order: "order-\(user)", user: user) }
        let handler = fixture.handler(mysql: mysql)
        for user in winners {
            let event = OrderEvent(
                type: .paid,
                orderId: "order-\(user)",
                userId: user,
                eventId: fixture.event,
                seatIds: ["R1C1"],
                amount: 1,
                epoch: 1
            )
            let message = ConsumedMessage(
                id: TestStores.uniqueID("message"),
                value: Array(try JSONCoding.encoder.encode(event)),
                trace: .fresh()
            )
            try await handler.handle(message)
        }
        let confirmed = try await mysql.query("SELECT COUNT(*) AS n FROM outbox WHERE payload LIKE '%SEATS_CONFIRMED%'")
        let tickets = try await mysql.query("SELECT user_id FROM tickets ORDER BY ticket_id")
        return (Int(try confirmed.first?.int("n") ?? 0), try tickets.map { try $0.string("user_id") }, winners)
    }

    /// A schema of its own, since the bugs change it.
    private func schema(_ variations: TicketingVariations) async throws -> MySQLClient {
        let mysql = try await TestStores.shared().makeDatabase()
        try await migrate(mysql, migrations: variations.migrations, logger: TestLog.quiet)
        return mysql
    }

    @Test("check-then-set sells a seat to several users, all the way to their tickets")
    func checkThenSet() async throws {
        let outcome = try await buy(.checkThenSet, users: 100)
        #expect(outcome.winners.count > 1)
        #expect(outcome.confirmed == outcome.winners.count)
        #expect(Set(outcome.ticketUsers) == Set(outcome.winners))
    }

    @Test("the fences off without the bug sell a seat once")
    func fencesOff() async throws {
        let outcome = try await buy(.fencesOff, users: 100)
        #expect(outcome.winners.count == 1)
        #expect(outcome.confirmed == 1)
        #expect(outcome.ticketUsers == outcome.winners)
    }

    @Test(
        "a bug's schema can be applied",
        arguments: SeededBug.allCases.filter { $0.variations.migrations.count > Migration.suite.count }
    )
    func schemas(_ bug: SeededBug) async throws {
        let mysql = try await schema(bug.variations)
        let applied = try await mysql.query("SELECT COUNT(*) AS n FROM schema_migrations")
        #expect(try applied.first?.int("n") == Int64(bug.variations.migrations.count))
        await mysql.close()
    }

    @Test("the build with bugs does not start without one it knows, and lists them")
    func names() throws {
        #expect(try SeededBug.read(environment: ["TICKETING_BUG": "check-then-set"]) == .checkThenSet)
        for environment in [[:], ["TICKETING_BUG": ""], ["TICKETING_BUG": "check-then-get"]] {
            let error = #expect(throws: SeededBugError.self) { try SeededBug.read(environment: environment) }
            for bug in SeededBug.allCases { #expect(error?.description.contains(bug.rawValue) == true) }
        }
    }
}
