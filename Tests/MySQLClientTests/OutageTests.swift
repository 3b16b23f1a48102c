import Dispatch
import Environment
import Glibc
import Synchronization
import Testing

@testable import MySQLClient

@Suite("MySQL client on a failing server", .serialized)
struct OutageTests {
    @Test("idle connections that a restart has killed are replaced without an error")
    func idleConnections() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            try await client.execute("CREATE TABLE i (id INT PRIMARY KEY)")
            for round in 0..<2 {
                // As many at once as there are connections, so that all of them are open and then idle.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<4 {
                        group.addTask {
                            try await client.execute("INSERT INTO i VALUES (?)", [MySQLValue(round * 10 + index)])
                        }
                    }
                    try await group.waitForAll()
                }
                try await mariaDB.kill()
                try await mariaDB.start()
            }
            #expect(try await client.query("SELECT COUNT(*) AS n FROM i").first?.int("n") == 8)
            await client.close()
        }
    }

    @Test("a statement that runs when the server is killed is unknown; then nothing is executed until it is back")
    func killedStatement() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            let running = Task { try await client.query("SELECT SLEEP(?)", [60]) }
            try await expectEventually("the statement in the list") {
                let sql = "SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"
                return try await client.query(sql).first?.int("n") == 1
            }
            try await mariaDB.kill()
            let lost = try await failure { try await running.value }
            #expect(lost.kind == .connectionLost && lost.outcome == .unknown, "\(lost)")
            let refused = try await failure { try await client.query("SELECT 1") }
            #expect(refused.kind == .unavailable && refused.outcome == .notExecuted, "\(refused)")
            try await mariaDB.start()
            #expect(try await client.query("SELECT 1 AS one").first?.int("one") == 1)
            await client.close()
        }
    }

    @Test("a transaction whose connection is lost before its commit had no effect, and is said to have had none")
    func killedTransaction() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            try await client.execute("CREATE TABLE t (id INT PRIMARY KEY)")
            let hasWritten = DispatchSemaphore(value: 0)
            let isKilled = DispatchSemaphore(value: 0)
            let transaction = Task {
                try await client.transaction { connection in
                    try connection.execute("INSERT INTO t VALUES (1)")
                    hasWritten.signal()
                    isKilled.wait()
                    try connection.execute("INSERT INTO t VALUES (2)")
                }
            }
            await onDispatch { hasWritten.wait() }
            try await mariaDB.kill()
            isKilled.signal()
            let lost = try await failure { try await transaction.value }
            #expect(lost.kind == .unavailable && lost.outcome == .notExecuted, "\(lost)")
            try await mariaDB.start()
            #expect(try await client.query("SELECT id FROM t").isEmpty)
            await client.close()
        }
    }

    @Test("a server that does not answer: an open connection leaves it unknown, a new one certainly does nothing")
    func stopped() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client { $0.readTimeout = .seconds(1) }
            try await client.execute("CREATE TABLE s (id INT PRIMARY KEY)")
            try await mariaDB.supervisor.signal("mariadb", SIGSTOP)
            let late = try await failure { try await client.execute("INSERT INTO s VALUES (1)") }
            #expect(late.kind == .connectionLost && late.outcome == .unknown, "\(late)")
            let unsent = try await failure { try await client.execute("INSERT INTO s VALUES (2)") }
            #expect(unsent.kind == .unavailable && unsent.outcome == .notExecuted, "\(unsent)")
            try await mariaDB.supervisor.signal("mariadb", SIGCONT)
            try await expectEventually("an answer") {
                (try? await client.query("SELECT id FROM s WHERE id = 2"))?.isEmpty == true
            }
            await client.close()
        }
    }

    @Test("no outcome is ever wrong while the server is killed and restarted under load")
    func outcomes() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            try await client.execute("CREATE TABLE ids (id BIGINT PRIMARY KEY)")
            let ledger = Ledger()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<8 {
                    group.addTask { try await ledger.fill(from: worker, client) }
                }
                for _ in 0..<2 {
                    try await expectEventually("progress") { ledger.advances() }
                    try await mariaDB.kill()
                    try await expectEventually("a statement that was not executed") { ledger.sawRefusal() }
                    try await mariaDB.start()
                }
                try await expectEventually("progress") { ledger.advances() }
                ledger.isOver.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            let present = Set(try await client.query("SELECT id FROM ids").map { try $0.int("id") })
            let (executed, notExecuted) = ledger.outcomes()
            #expect(executed.isSubset(of: present), "acknowledged and gone: \(executed.subtracting(present))")
            #expect(notExecuted.isDisjoint(with: present), "denied and there: \(notExecuted.intersection(present))")
            await client.close()
        }
    }
}

/// What the client said about each row.
private final class Ledger: Sendable {
    private struct State {
        var executed: Set<Int64> = []
        var notExecuted: Set<Int64> = []
        var executedBefore = 0
        var notExecutedBefore = 0
    }

    private let state = Mutex(State())
    let isOver = Atomic(false)

    /// Half of the workers insert in a transaction, half without.
    func fill(from worker: Int, _ client: MySQLClient) async throws {
        var id = Int64(worker) << 32
        while !isOver.load(ordering: .relaxed) {
            id += 1
            let row: [MySQLValue] = [.int(id)]
            do {
                if worker.isMultiple(of: 2) {
                    try await client.execute("INSERT INTO ids VALUES (?)", row)
                } else {
                    _ = try await client.transaction { try $0.execute("INSERT INTO ids VALUES (?)", row) }
                }
                state.withLock { [id] in _ = $0.executed.insert(id) }
            } catch let error as MySQLError where error.outcome == .notExecuted {
                state.withLock { [id] in _ = $0.notExecuted.insert(id) }
                try await Task.sleep(for: .milliseconds(1))
            } catch let error as MySQLError where error.outcome == .unknown {
                // Nothing can be said, so nothing is checked.
            }
        }
    }

    func advances() -> Bool {
        state.withLock { state in
            guard state.executed.count > state.executedBefore + 200 else { return false }
            state.executedBefore = state.executed.count
            return true
        }
    }

    func sawRefusal() -> Bool {
        state.withLock { state in
            guard state.notExecuted.count > state.notExecutedBefore else { return false }
            state.notExecutedBefore = state.notExecuted.count
            return true
        }
    }

    func outcomes() -> (executed: Set<Int64>, notExecuted: Set<Int64>) {
        state.withLock { ($0.executed, $0.notExecuted) }
    }
}
