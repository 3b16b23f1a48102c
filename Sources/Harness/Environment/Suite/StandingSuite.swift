import Contract
import Foundation
import Glibc

/// A suite that `seatstorm suite up` left running for engineers to work against.
///
/// `.seatstorm/suite.json`, mode 0600, says where it is; its supervisor lives in a session of its own and ends with
/// SIGTERM.
package struct StandingSuite: Sendable, Codable {
    package let addresses: SuiteAddresses
    /// The secret that signs tokens.
    package let authSecret: String
    /// The supervisor's process.
    package let supervisor: ProcessGroup
    /// The suite's private folder.
    package let directory: String

    /// Where a folder's suite is described.
    package static func file(in folder: String) -> String { folder + "/.seatstorm/suite.json" }

    /// Signs tokens for it.
    package var tokens: TokenMinter { TokenMinter(secret: Array(authSecret.utf8)) }

    /// Whether its supervisor lives.
    package var isUp: Bool { ProcessGroup.startTime(of: supervisor.id) == supervisor.startTime }

    // MARK: Up and down

    /// Starts a suite on the well-known ports and leaves it running.
    ///
    /// - Parameters:
    ///   - folder: the folder to describe it in; its data and logs are in `.seatstorm/suite` there.
    ///   - configure: changes the configuration, whose folder and ports are given.
    /// - Returns: what `suite.json` says now.
    /// - Throws: when one is up already, or a port is in use, naming its holder.
    package static func up(
        in folder: String,
        configure: (inout SuiteConfiguration) -> Void = { _ in }
    ) async throws -> StandingSuite {
        if let standing = try? read(in: folder), standing.isUp {
            let health = await standing.health()
            let sick = health.filter { !$0.isReady }
            guard sick.isEmpty else {
                throw EnvironmentError(
                    "start a suite in \(folder)",
                    "one is up, but not well: " + sick.map { "\($0.name): \($0.detail)" }.joined(separator: "; "),
                    advice: "look at: seatstorm suite logs; end it with: seatstorm suite down"
                )
            }
            throw EnvironmentError(
                "start a suite in \(folder)",
                "one is up and well at \(standing.addresses.gateway)",
                advice: "use it, or end it with: seatstorm suite down"
            )
        }
        let parent = try Program.folder(".seatstorm", in: folder)
        // A suite whose supervisor is gone left nothing that runs; what is left of its files goes.
        try? FileManager.default.removeItem(atPath: parent + "/suite")
        var configuration = SuiteConfiguration(directory: parent + "/suite")
        configuration.ports = .wellKnown
        configure(&configuration)
        let suite = try await EmbeddedSuite.start(configuration)
        do {
            let standing = try describe(suite, configuration)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(standing), as: UTF8.self)
            try Program.writePrivate(text + "\n", to: file(in: folder))
            try await suite.supervisor.detach()
            return standing
        } catch {
            await suite.stop()
            unlink(file(in: folder))
            throw error
        }
    }

    private static func describe(_ suite: EmbeddedSuite, _ configuration: SuiteConfiguration) throws -> StandingSuite {
        let pid = suite.supervisor.pid
        guard let began = ProcessGroup.startTime(of: pid), let secretFile = suite.addresses.authSecretFile else {
            throw EnvironmentError("describe the suite", "its supervisor has ended")
        }
        return StandingSuite(
            addresses: suite.addresses,
            authSecret: try String(contentsOfFile: secretFile, encoding: .utf8),
            supervisor: ProcessGroup(name: "supervisor", id: pid, startTime: began),
            directory: configuration.directory
        )
    }

    /// Reads the description of the suite of `folder`.
    package static func read(in folder: String) throws -> StandingSuite {
        let path = file(in: folder)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EnvironmentError("find a suite", "there is no \(path)", advice: "start one with: seatstorm suite up")
        }
        do { return try JSONDecoder().decode(StandingSuite.self, from: data) } catch {
            throw EnvironmentError(
                "read \(path)",
                "\(error)",
                advice: "remove it and start a suite: seatstorm suite up"
            )
        }
    }

    /// Ends it, waits until nothing is left, and removes its description.
    package func down(in folder: String, within limit: Duration = .seconds(15)) async throws {
        if isUp { kill(supervisor.id, SIGTERM) }
        let deadline = ContinuousClock.now + limit
        while isUp {
            guard ContinuousClock.now < deadline else {
                throw EnvironmentError(
                    "end the suite of \(folder)",
                    "its supervisor, pid \(supervisor.id), is still there after \(limit)",
                    advice: "look at \(directory)/supervisor.log"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        // A supervisor that was killed could not do this.
        for group in addresses.processGroups where ProcessGroup.startTime(of: group.id) == group.startTime {
            kill(-group.id, SIGKILL)
        }
        try? FileManager.default.removeItem(atPath: directory)
        unlink(Self.file(in: folder))
    }

    /// Speaks to its supervisor, to disrupt its servers.
    package func attach() throws -> Supervisor { try Supervisor.attach(to: directory, pid: supervisor.id) }

    // MARK: Looking at it

    /// - Throws: naming everything that does not answer.
    package func checkReady() async throws {
        let sick = await health().filter { !$0.isReady }
        guard !isUp || !sick.isEmpty else { return }
        throw EnvironmentError(
            "use the suite of \(directory)",
            isUp ? sick.map { "\($0.name): \($0.detail)" }.joined(separator: "; ") : "its supervisor is gone",
            advice: "look at: seatstorm suite logs; start one with: seatstorm suite up"
        )
    }

    /// Whether the gateway and each service answer.
    package func health() async -> [SuiteHealth] { await SuiteHealth.check(addresses) }

    /// The names of its servers that have logs.
    package var logNames: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return files.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }.sorted()
    }

    /// The last lines of one server's log, or of every log with the server's name before each line.
    package func logs(of name: String? = nil, lines: Int = 50) throws -> String {
        guard let name else {
            return logNames.map { name in
                let tail = LogTail.read("\(directory)/\(name).log", lines: lines).split(separator: "\n")
                return tail.map { "\(name) | \($0)" }.joined(separator: "\n")
            }.filter { !$0.isEmpty }.joined(separator: "\n")
        }
        guard logNames.contains(name) else {
            throw EnvironmentError(
                "show the log of \(name)",
                "the suite has no such server",
                advice: "its servers are \(logNames.joined(separator: ", "))"
            )
        }
        return LogTail.read("\(directory)/\(name).log", lines: lines)
    }

    /// Frees every seat of every event, through the catalog's admin calls; returns how many events there are.
    package func reset() async throws -> Int {
        try await EventSeeder(gateway: addresses.gateway, tokens: tokens).resetAll()
    }
}
