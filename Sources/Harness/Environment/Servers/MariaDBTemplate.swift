import CLinux
import Dispatch
import Foundation
import Glibc

/// A prepared MariaDB data folder, made once for a version and cached: `~/.cache/seatstorm/mariadb-<version>-<hash>`.
///
/// Several processes may want it at once: one holds the lock and makes it under another name, and the rename at the
/// end is what makes it exist. A half-made folder is never seen.
struct MariaDBTemplate: Sendable {
    let path: String

    /// What decides the folder's contents; the hash in its name is of these, so that a change makes a new one.
    private static let options = [
        "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M",
        "--skip-log-bin",
    ]

    /// Finds or makes it.
    ///
    /// - Parameters:
    ///   - mariadbd: the server's executable.
    ///   - supervisor: runs the programs that make it.
    ///   - cache: the folder whose folder `seatstorm` keeps it; `~/.cache` unless given.
    /// - Returns: the folder, complete.
    /// - Throws: ``EnvironmentError`` with the log when it could not be made.
    static func prepared(
        for mariadbd: String,
        supervisor: Supervisor,
        cache: String? = nil
    ) async throws -> MariaDBTemplate {
        let cache = try Program.folder("seatstorm", in: cache ?? cacheFolder())
        let identity = try await version(of: mariadbd, supervisor: supervisor)
        let template = MariaDBTemplate(path: "\(cache)/mariadb-\(identity)")
        if template.exists { return template }
        let lock = try await FileLock.acquire("\(template.path).lock")
        defer { lock.release() }
        if !template.exists { try await template.make(supervisor: supervisor) }
        return template
    }

    /// Copies it to `destination`, which must not exist.
    func copy(to destination: String) async throws {
        try await Self.onOwnThread {
            try FileManager.default.copyItem(atPath: path, toPath: destination)
            chmod(destination, 0o700)
        }
    }

    private var exists: Bool { access(path, F_OK) == 0 }

    private func make(supervisor: Supervisor) async throws {
        let name = "mariadb-install-db"
        let unfinished = "\(path).making-\(getpid())-\(UInt32.random(in: .min ... .max))"
        // A starting mariadbd removes the temporary tables that it finds, those of another at work included.
        let temporary = try Program.folder("tmp", in: unfinished + ".d")
        defer {
            try? FileManager.default.removeItem(atPath: unfinished)
            try? FileManager.default.removeItem(atPath: unfinished + ".d")
        }
        let spec = ProcessSpec(
            name: "\(name)-\(UInt32.random(in: .min ... .max))",
            executable: try Program.find(name, package: "mariadb-server"),
            arguments: Self.options + ["--datadir=\(unfinished)"] + MariaDBServer.userArguments,
            environment: ["TMPDIR": temporary],
            logFile: "\(supervisor.directory)/\(name).log"
        )
        try await supervisor.run(spec, within: .seconds(120))
        try FileManager.default.moveItem(atPath: unfinished, toPath: path)
    }

    private static func cacheFolder() -> String {
        let environment = ProcessInfo.processInfo.environment
        return environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.cache"
    }

    /// `10.11.19-<hash of options and user>`.
    private static func version(of mariadbd: String, supervisor: Supervisor) async throws -> String {
        // The version is part of the executable's own output and changes with its file.
        var status = stat()
        guard stat(mariadbd, &status) == 0 else {
            throw EnvironmentError("look at \(mariadbd)", String(cString: strerror(errno)))
        }
        let name = "mariadb-version-\(UInt32.random(in: .min ... .max))"
        let log = "\(supervisor.directory)/\(name).log"
        let arguments = ["--no-defaults", "--version"]
        let spec = ProcessSpec(name: name, executable: mariadbd, arguments: arguments, logFile: log)
        try await supervisor.run(spec, within: .seconds(30))
        let words = LogTail.read(log, lines: 1).split(separator: " ")
        guard let index = words.firstIndex(of: "Ver"), index + 1 < words.count else {
            throw EnvironmentError("read the version of \(mariadbd)", "it says \"\(words.joined(separator: " "))\"")
        }
        let version = words[index + 1].prefix { $0.isNumber || $0 == "." }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let identity =
            options + MariaDBServer.userArguments + [mariadbd, "\(status.st_size)", "\(status.st_mtim.tv_sec)"]
        // FNV-1a: only tells one set of options from another.
        for byte in identity.joined(separator: "\0").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\(version)-\(String(hash, radix: 16))"
    }

    private static func onOwnThread(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }
}
