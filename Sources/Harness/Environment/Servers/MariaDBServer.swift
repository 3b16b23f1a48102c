import Foundation
import Glibc

/// An embedded `mariadbd` on loopback with a database `ticketing` and a user `seatstorm` of a password made for it.
///
/// Each commit is flushed (`innodb_flush_log_at_trx_commit=1`), as a deployment's would be; there is no binary log.
package struct MariaDBServer: Sendable {
    package let port: Int
    package let password: String
    package let process: SupervisedProcess

    package static let user = "seatstorm"
    package static let database = "ticketing"

    /// The address with user and password, as `MYSQL_URL` has it.
    package var url: String { "mysql://\(Self.user):\(password)@127.0.0.1:\(port)/\(Self.database)" }

    /// Names the user only when started as root, which mariadbd refuses to be without being told.
    static var userArguments: [String] { geteuid() == 0 ? ["--user=root"] : [] }

    /// How to start it, with its data in `<directory>/<name>`, which must have been prepared.
    package static func spec(name: String = "mariadb", port: Int, directory: String) throws -> ProcessSpec {
        // A starting mariadbd removes the temporary tables that it finds, those of another at work included: not /tmp.
        let temporary = try Program.folder("\(name).tmp", in: directory)
        let arguments =
            ["--no-defaults", "--datadir=\(directory)/\(name)", "--tmpdir=\(temporary)"] + userArguments + [
                "--bind-address=127.0.0.1", "--port=\(port)", "--skip-name-resolve",
                // Relative to the data folder: the path of a socket may have only 107 bytes.
                "--socket=socket", "--pid-file=pid", "--init-file=\(initFile(name, directory))",
                "--innodb-flush-log-at-trx-commit=1", "--skip-log-bin", "--sync-binlog=0",
                "--performance-schema=OFF", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
                "--max-connections=300", "--back-log=1024", "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00", "--innodb-buffer-pool-dump-at-shutdown=OFF",
                "--innodb-buffer-pool-load-at-startup=OFF",
            ]
        return ProcessSpec(
            name: name,
            executable: try Program.find("mariadbd", package: "mariadb-server"),
            arguments: arguments,
            logFile: "\(directory)/\(name).log"
        )
    }

    /// Copies the prepared data folder, starts the server and waits until it greets a client.
    package static func start(
        supervisor: Supervisor,
        name: String = "mariadb",
        port: Int? = nil,
        directory: String? = nil
    ) async throws -> MariaDBServer {
        let folder = directory ?? supervisor.directory
        let port = try FreePort.claim(port, for: name)
        let spec = try spec(name: name, port: port, directory: folder)
        let template = try await MariaDBTemplate.prepared(for: spec.executable, supervisor: supervisor)
        try await template.copy(to: "\(folder)/\(name)")
        let password = RandomSecret.hexadecimal(bytes: 16)
        try Program.writePrivate(initStatements(password: password), to: initFile(name, folder))
        let process = try await supervisor.start(spec)
        try await waitUntilReady(supervisor: supervisor, name: name, port: port)
        return MariaDBServer(port: port, password: password, process: process)
    }

    /// Waits until it greets a client, for use after a restart.
    ///
    /// It greets nobody before its init file was run.
    package static func waitUntilReady(
        supervisor: Supervisor,
        name: String = "mariadb",
        port: Int,
        within limit: Duration = .seconds(40)
    ) async throws {
        try await Readiness.wait(for: name, of: supervisor, within: limit) {
            let greeting = try await LoopbackProbe(port: port).exchange([]) { $0.count > 4 }
            // A packet's four-byte header, then the protocol's version; 255 would be an error packet.
            guard greeting.count > 4, greeting[4] == 10 else {
                throw EnvironmentError(
                    "read the greeting of MariaDB",
                    "it sent \(greeting.count) bytes: \(greeting.prefix(8))"
                )
            }
        }
    }

    private static func initFile(_ name: String, _ directory: String) -> String { "\(directory)/\(name).init.sql" }

    /// One statement a line, as an init file wants it; run at every start, so each can be repeated.
    private static func initStatements(password: String) -> String {
        """
        CREATE DATABASE IF NOT EXISTS \(database) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
        CREATE USER IF NOT EXISTS '\(user)'@'127.0.0.1' IDENTIFIED BY '\(password)';
        GRANT ALL PRIVILEGES ON *.* TO '\(user)'@'127.0.0.1' WITH GRANT OPTION;
        DROP USER IF EXISTS ''@'localhost', 'root'@'127.0.0.1', 'root'@'::1';
        ALTER USER 'root'@'localhost' IDENTIFIED BY '\(password)';

        """
    }
}
