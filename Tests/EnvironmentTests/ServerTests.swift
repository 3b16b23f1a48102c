import Foundation
import Glibc
import Testing

@testable import Environment

@Suite("Embedded servers")
struct ServerTests {
    @Test("Redis starts, keeps its data over a restart, and stops")
    func redis() async throws {
        try await withSupervisor { supervisor in
            let redis = try await RedisServer.start(supervisor: supervisor)
            #expect(try await command(redis.port, "SET seat sold") == "+OK\r\n")
            try await supervisor.restart("redis")
            try await RedisServer.waitUntilReady(supervisor: supervisor, port: redis.port)
            #expect(try await command(redis.port, "GET seat") == "$4\r\nsold\r\n")
            #expect(try await command(redis.port, "CONFIG GET appendfsync").contains("everysec"))
            try await supervisor.stop("redis")
            #expect(supervisor.exit(of: "redis")?.code == 0)
            #expect(supervisor.groups.isEmpty)
            #expect(FreePort.isFree(redis.port))
        }
    }

    private func command(_ port: Int, _ text: String) async throws -> String {
        let answer = try await LoopbackProbe(port: port).exchange(Array("\(text)\r\n".utf8)) { bytes in
            bytes.suffix(2) == [13, 10] && (bytes.first == 43 || bytes.filter { $0 == 10 }.count >= 2)
        }
        return String(decoding: answer, as: UTF8.self)
    }

    @Test("a server that fails to start says so at once, with its own words in the error")
    func failingStart() async throws {
        try await withSupervisor { supervisor in
            let port = try FreePort.next()
            var spec = try RedisServer.spec(port: port, directory: supervisor.directory)
            spec.arguments += ["--no-such-directive", "1"]
            try await supervisor.start(spec)
            let error = await #expect(throws: EnvironmentError.self) {
                try await RedisServer.waitUntilReady(supervisor: supervisor, port: port, within: .seconds(600))
            }
            #expect(error?.description.contains("could not start redis: redis (pid ") == true)
            #expect(error?.logTail?.contains("Bad directive or wrong number of arguments") == true)
        }
    }

    @Test("a port that is taken is refused, and its holder named")
    func portTaken() async throws {
        try await withSupervisor { supervisor in
            let first = try await RedisServer.start(supervisor: supervisor)
            let error = await #expect(throws: EnvironmentError.self) {
                try await RedisServer.start(supervisor: supervisor, name: "second", port: first.port)
            }
            let holder = "port \(first.port) is in use by pid \(first.process.pid) (/usr/bin/redis-server "
            #expect(error?.problem.hasPrefix(holder) == true, "\(String(describing: error))")
        }
    }

    @Test("MariaDB starts from the prepared folder, admits only its user, restarts after SIGKILL, and stops")
    func mariaDB() async throws {
        try await withSupervisor { supervisor in
            let server = try await MariaDBServer.start(supervisor: supervisor)
            #expect(try await sql("CREATE TABLE t (a INT); INSERT INTO t VALUES (42);", server, supervisor) == "")
            try await supervisor.signal("mariadb", SIGKILL)
            _ = try await supervisor.waitForExit("mariadb", within: .seconds(10))
            try await supervisor.restart("mariadb")
            try await MariaDBServer.waitUntilReady(supervisor: supervisor, port: server.port)
            #expect(try await sql("SELECT a FROM t;", server, supervisor) == "42")
            let setting = "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@max_connections;"
            #expect(try await sql(setting, server, supervisor) == "1\t0\t300")
            for user in ["root", "nobody", ""] {
                let refusal = try await sql("SELECT 1;", server, supervisor, user: user, password: "")
                #expect(refusal.contains("Access denied"), "user \"\(user)\"")
            }
            try await supervisor.stop("mariadb")
            #expect(supervisor.exit(of: "mariadb")?.code == 0)
            #expect(FreePort.isFree(server.port))
        }
    }

    /// Runs statements through MariaDB's own client; returns what it prints.
    private func sql(
        _ text: String,
        _ server: MariaDBServer,
        _ supervisor: Supervisor,
        user: String = MariaDBServer.user,
        password: String? = nil
    ) async throws -> String {
        let name = "client-\(UInt32.random(in: .min ... .max))"
        let spec = ProcessSpec(
            name: name,
            executable: try Program.find("mariadb", package: "mariadb-client"),
            arguments: [
                "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--port=\(server.port)", "--user=\(user)",
                "--skip-column-names", "--batch", "--execute=\(text)", MariaDBServer.database,
            ],
            environment: ["MYSQL_PWD": password ?? server.password],
            logFile: "\(supervisor.directory)/\(name).log"
        )
        try await supervisor.start(spec)
        _ = try await supervisor.waitForExit(name, within: .seconds(20))
        return supervisor.logTail(name)
    }

    @Test("two processes that prepare MariaDB's folder at once make it once, and both get it")
    func concurrentPreparation() async throws {
        let cache = TestPaths.privateFolder("cache")
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let mariadbd = try Program.find("mariadbd", package: "mariadb-server")
        let paths = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    // A supervisor each, as two harness processes would have; the lock is the kernel's, by open file.
                    let folder = TestPaths.privateFolder()
                    let supervisor = try await Supervisor.start(executable: TestPaths.seatstorm, directory: folder)
                    let template = try await MariaDBTemplate.prepared(
                        for: mariadbd,
                        supervisor: supervisor,
                        cache: cache
                    )
                    await supervisor.stopAll()
                    return template.path
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(paths).count == 1)
        let held = try FileManager.default.contentsOfDirectory(atPath: cache + "/seatstorm").filter {
            !$0.hasSuffix(".lock")
        }
        #expect(held.count == 1)
        #expect(FileManager.default.fileExists(atPath: (paths.first ?? "") + "/mysql/global_priv.MAD"))
    }

    @Test("the broker says where it listens, and stops")
    func broker() async throws {
        try await withSupervisor { supervisor in
            let broker = try await KafkaBroker.start(supervisor: supervisor, ticketing: TestPaths.ticketing)
            #expect(broker.bootstrapServers.split(separator: ",").allSatisfy { $0.hasPrefix("127.0.0.1:") })
            try await supervisor.stop("kafka")
            #expect(supervisor.groups.isEmpty)
        }
    }

    @Test("free ports lie below the range of the kernel, and none is given twice")
    func freePorts() throws {
        let ports = try (0..<200).map { _ in try FreePort.next() }
        #expect(Set(ports).count == 200)
        #expect(ports.allSatisfy { (15_000..<32_000).contains($0) })
    }

    @Test("a port that another process was given, and does not listen on yet, is not free")
    func claimedPorts() throws {
        // All of 15,000 to 23,999 but what this process has claimed already.
        let script = """
            import fcntl
            claims = open('\(PortClaim.path)', 'a')
            for port in range(15000, 24000):
                try: fcntl.lockf(claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
                except OSError: pass
            print(flush=True)
            input()
            """
        _ = PortClaim.take(31_999)
        let other = Process()
        let (input, output) = (Pipe(), Pipe())
        other.executableURL = URL(filePath: "/usr/bin/env")
        other.arguments = ["python3", "-c", script]
        other.standardInput = input
        other.standardOutput = output
        try other.run()
        defer {
            // The end of its input ends it.
            try? input.fileHandleForWriting.close()
            other.waitUntilExit()
        }
        #expect(output.fileHandleForReading.availableData == Data("\n".utf8))
        for _ in 0..<50 { #expect(try FreePort.next() >= 24_000) }
    }
}
