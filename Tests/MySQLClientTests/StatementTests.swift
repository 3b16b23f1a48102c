import Dispatch
import Environment
import Synchronization
import Testing

@testable import MySQLClient

@Suite("MySQL client on a healthy server", .serialized)
struct StatementTests {
    @Test("a pool says how many connections are in use, and what waits for one")
    func usage() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client { $0.poolSize = 2 }
            let session = try await client.session()
            _ = try await session.query("SELECT GET_LOCK('usage', 0)")
            #expect(client.usage == MySQLPoolUsage(inUse: 0, size: 2, waiting: 0, sessions: 1))
            let blocked = (0..<3).map { _ in
                Task { try await client.withConnection { _ = try $0.query("SELECT GET_LOCK('usage', 20)") } }
            }
            let busy = MySQLPoolUsage(inUse: 2, size: 2, waiting: 1, sessions: 1)
            try await expectEventually("two run and one waits") { client.usage == busy }
            session.close()
            for task in blocked { try await task.value }
            #expect(client.usage == MySQLPoolUsage(inUse: 0, size: 2, waiting: 0, sessions: 0))
            await client.close()
        }
    }

    @Test("every kind of value comes back as it went, prepared or as text")
    func values() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            try await client.execute(
                """
                CREATE TABLE v (id INT PRIMARY KEY, i BIGINT, u BIGINT UNSIGNED, d DOUBLE, t LONGTEXT, b LONGBLOB,
                    m DECIMAL(20,4), w DATETIME(3), j JSON, e ENUM('x','y'), f BOOLEAN, s SMALLINT)
                """
            )
            let long = String(repeating: "sièg🎫", count: 30_000)
            let blob = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            let moment = "2026-11-22 22:05:07.123"
            let columns = "id, i, u, d, t, b, m, w, j, e, f, s"
            let rows: [[MySQLValue]] = [
                [
                    1, .int(.min), "18446744073709551615", .double(-0.125), .text(long), .bytes(blob), "-12345.6789",
                    .text(moment), #"{"a":[1,null]}"#, "y", 1, -32768,
                ],
                [2, .int(.max), 0, .double(1e300), "", .bytes([]), "0.0000", nil, "[]", "x", 0, 0],
                [3, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil],
            ]
            for row in rows {
                let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
                let result = try await client.execute("INSERT INTO v (\(columns)) VALUES (\(marks))", row)
                #expect(result.affectedRows == 1)
            }
            let asText = try await client.query("SELECT \(columns) FROM v ORDER BY id")
            let prepared = try await client.query("SELECT \(columns) FROM v WHERE id > ? ORDER BY id", [0])
            #expect(asText.map(\.values) == rows)
            #expect(prepared.map(\.values) == rows)
            let sum = try await client.query("SELECT SUM(id) AS total, COUNT(*) AS n FROM v WHERE id > ?", [0])
            #expect(try sum.first?.int("total") == 6 && sum.first?.int("n") == 3)
            await client.close()
        }
    }

    @Test("a result counts rows and ids, a duplicate names its key, and a session is UTC and strict")
    func effects() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            let table = """
                CREATE TABLE r (id BIGINT AUTO_INCREMENT PRIMARY KEY, k VARCHAR(5), n INT, UNIQUE KEY one_k (k))
                """
            try await client.execute(table)
            #expect(try await client.execute("INSERT INTO r (k, n) VALUES (?, ?)", ["a", 1]).lastInsertID == 1)
            #expect(try await client.execute("INSERT INTO r (k, n) VALUES ('b', 1)").lastInsertID == 2)
            #expect(try await client.execute("UPDATE r SET n = n + 1").affectedRows == 2)
            #expect(try await client.execute("UPDATE r SET n = ? WHERE k = ?", [2, "a"]).affectedRows == 0)
            for parameters in [[MySQLValue.text("a")], []] {
                let sql = parameters.isEmpty ? "INSERT INTO r (k) VALUES ('a')" : "INSERT INTO r (k) VALUES (?)"
                let duplicate = try await failure { try await client.execute(sql, parameters) }
                #expect(duplicate.kind == .duplicateKey("one_k") && duplicate.outcome == .refused)
            }
            let tooLong = try await failure { try await client.execute("INSERT INTO r (k) VALUES (?)", ["abcdef"]) }
            #expect(tooLong.kind == .server(code: 1406))
            let miscounted = try await failure { try await client.query("SELECT ?", [1, 2]) }
            #expect(miscounted.message.contains("1 parameters and was given 2"))
            let session = try await client.query("SELECT @@time_zone AS zone, @@character_set_client AS letters")
            #expect(try session.first?.string("zone") == "+00:00" && session.first?.string("letters") == "utf8mb4")
            await client.close()
        }
    }

    @Test("more different statements than a connection caches all work, again and again")
    func manyStatements() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client { $0.poolSize = 1 }
            for _ in 0..<2 {
                for number in 0..<200 {
                    let rows = try await client.query("SELECT ? + \(number) AS sum", [1])
                    #expect(try rows.first?.int("sum") == Int64(1 + number))
                }
            }
            let open = try await client.query("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'")
            #expect(try open.first?.int("Value") ?? .max <= 64)
            await client.close()
        }
    }

    @Test("a transaction is committed when its body returns and rolled back when it throws")
    func transactions() async throws {
        struct Refusal: Error {}
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client { $0.poolSize = 1 }
            try await client.execute("CREATE TABLE t (id INT PRIMARY KEY)")
            let count = try await client.transaction { connection in
                try connection.execute("INSERT INTO t VALUES (?), (?)", [1, 2])
                return try connection.query("SELECT COUNT(*) AS n FROM t").first?.int("n")
            }
            #expect(count == 2)
            await #expect(throws: Refusal.self) {
                try await client.transaction { connection in
                    try connection.execute("INSERT INTO t VALUES (3)")
                    throw Refusal()
                }
            }
            // Left open on the only connection: it must not swallow what comes next.
            try await client.withConnection { connection in
                try connection.execute("START TRANSACTION")
                try connection.execute("INSERT INTO t VALUES (4)")
            }
            #expect(try await client.query("SELECT id FROM t ORDER BY id").map { try $0.int("id") } == [1, 2])
            await client.close()
        }
    }

    @Test("two transactions that deadlock both succeed in the end")
    func deadlock() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client()
            try await client.execute("CREATE TABLE a (id INT PRIMARY KEY, n INT)")
            try await client.execute("INSERT INTO a VALUES (1, 0), (2, 0)")
            let attempts = Counter()
            let meeting = Meeting(of: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await client.transaction { connection in
                            attempts.value.add(1, ordering: .relaxed)
                            try connection.execute("UPDATE a SET n = n + 1 WHERE id = ?", [MySQLValue(first)])
                            // Both hold their first row before either wants its second; only in the first attempt.
                            meeting.arrive()
                            try connection.execute("UPDATE a SET n = n + 1 WHERE id = ?", [MySQLValue(second)])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(attempts.value.load(ordering: .relaxed) > 2)
            #expect(try await client.query("SELECT n FROM a").map { try $0.int("n") } == [2, 2])
            let locked = try await client.transaction { connection in
                try connection.execute("UPDATE a SET n = 3 WHERE id = 1")
                return Result { try Self.lockFromElsewhere(mariaDB) }
            }
            #expect(throws: MySQLError.self) { try locked.get() }
            if case .failure(let error as MySQLError) = locked {
                #expect(error.kind == .lockTimeout && error.outcome == .refused)
            }
            await client.close()
        }
    }

    private static func lockFromElsewhere(_ mariaDB: MariaDBUnderTest) throws {
        let connection = try MySQLConnection(MySQLConfiguration(url: mariaDB.server.url))
        _ = try connection.query("SELECT n FROM a WHERE id = 1 FOR UPDATE NOWAIT")
    }

    @Test("who finds the pool busy for too long, or too many waiting, is told that nothing was executed")
    func exhaustion() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client {
                $0.poolSize = 1
                $0.maximumPending = 2
                $0.acquireTimeout = .milliseconds(100)
            }
            let isBusy = DispatchSemaphore(value: 0)
            let gate = DispatchSemaphore(value: 0)
            let busy = Task {
                try await client.withConnection { _ in
                    isBusy.signal()
                    // Not for ever: whatever fails below, the test is to end.
                    _ = gate.wait(timeout: .now() + 30)
                }
            }
            await onDispatch { isBusy.wait() }
            // Beside the busy one there is room for one of three: the others are refused at once, and it waits in vain.
            let errors = try await withThrowingTaskGroup(of: MySQLError.self) { group in
                for _ in 0..<3 { group.addTask { try await failure { try await client.query("SELECT 1") } } }
                var errors: [MySQLError] = []
                while errors.count < 2, let error = try await group.next() { errors.append(error) }
                // What a statement may wait for a connection, and a little more.
                try await Task.sleep(for: .milliseconds(150))
                gate.signal()
                while let error = try await group.next() { errors.append(error) }
                return errors
            }
            try await busy.value
            #expect(errors.allSatisfy { $0.kind == .poolExhausted && $0.outcome == .notExecuted }, "\(errors)")
            #expect(errors.map { $0.message.contains("2 statements") } == [true, true, false], "\(errors)")
            #expect(try await client.query("SELECT 1 AS one").first?.int("one") == 1)
            await client.close()
            #expect(try await failure { try await client.query("SELECT 1") }.kind == .closed)
        }
    }

    @Test("a session keeps its lock until it is closed; a closure's lock ends with the closure")
    func locks() async throws {
        try await withMariaDB { mariaDB in
            let client = try mariaDB.client { $0.poolSize = 1 }
            let session = try await client.session()
            let take = "SELECT GET_LOCK('relay', 0) AS got"
            #expect(try await session.query(take).first?.int("got") == 1)
            #expect(try await client.withConnection { try $0.query(take).first?.int("got") } == 0)
            #expect(try await failure { _ = try await client.session() }.kind == .poolExhausted)
            session.close()
            #expect(try await failure { try await session.query(take) }.kind == .closed)
            try await expectEventually("the lock") {
                try await client.withConnection { try $0.query(take).first?.int("got") } == 1
            }
            let second = try await client.session()
            #expect(try await second.query(take).first?.int("got") == 1)
            second.close()
            await client.close()
        }
    }
}

/// A number that several threads count up.
private final class Counter: Sendable {
    let value = Atomic(0)
}

/// Where threads wait for each other, once.
private final class Meeting: Sendable {
    private let missing: Atomic<Int>
    private let everybody = DispatchSemaphore(value: 0)
    private let size: Int

    init(of size: Int) {
        self.size = size
        missing = Atomic(size)
    }

    /// Returns when all have arrived; at once afterwards.
    func arrive() {
        let left = missing.subtract(1, ordering: .relaxed).newValue
        if left == 0 {
            for _ in 1..<size {
                everybody.signal()
            }
        } else if left > 0 {
            everybody.wait()
        }
    }
}

/// Runs something that blocks away from the threads of Swift's tasks.
func onDispatch(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            work()
            continuation.resume()
        }
    }
}
