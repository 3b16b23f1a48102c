import Contract
import Foundation
import Testing

@testable import ServiceKit

@Suite("Settings")
struct SettingsTests {
    private static let good = [
        "REDIS_URL": "redis://127.0.0.1:6379/0", "MYSQL_URL": "mysql://u:p@127.0.0.1:3306/t",
        "KAFKA_BROKERS": "127.0.0.1:9092",
        "AUTH_SECRET": String(repeating: "s", count: 32),
    ]

    @Test("a full environment is read, with the service's own port")
    func good() throws {
        let settings = try ServiceSettings.read(.reservation, environment: Self.good)
        #expect(settings.port == 8081)
        #expect(settings.host == "127.0.0.1")
        #expect(settings.authentication == .secret(Array(repeating: UInt8(ascii: "s"), count: 32)))
        #expect(try ServiceSettings.read(.reservation, environment: Self.good, port: 99).port == 99)
    }

    @Test("every problem is named at once")
    func allProblems() {
        let environment = ["PORT": "http", "LOG_LEVEL": "loud", "AUTH_SECRET": "short", "MYSQL_URL": ""]
        let error = #expect(throws: SettingsError.self) {
            try ServiceSettings.read(.reservation, environment: environment)
        }
        let text = error?.description ?? ""
        for name in ["PORT", "LOG_LEVEL", "32", "REDIS_URL", "MYSQL_URL", "KAFKA_BROKERS"] {
            #expect(text.contains(name))
        }
    }

    @Test("without a secret a service starts only when authentication is off")
    func authentication() throws {
        var environment = Self.good
        environment["AUTH_SECRET"] = nil
        #expect(throws: SettingsError.self) { try ServiceSettings.read(.catalog, environment: environment) }
        environment["AUTH"] = "off"
        #expect(try ServiceSettings.read(.catalog, environment: environment).authentication == .off)
    }

    @Test("traces go to OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces, and a bad one is named")
    func traces() throws {
        var environment = Self.good
        #expect(try ServiceSettings.read(.catalog, environment: environment).traceEndpoint == nil)
        for (base, url) in [
            ("http://collector:4318", "http://collector:4318/v1/traces"),
            ("https://c/otlp/", "https://c/otlp/v1/traces"),
        ] {
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = base
            #expect(try ServiceSettings.read(.catalog, environment: environment).traceEndpoint?.tracesURL == url)
        }
        for bad in ["collector:4318", "grpc://c:4317", "http://", "http://c/?x=1", "not a url"] {
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = bad
            let error = #expect(throws: SettingsError.self) {
                try ServiceSettings.read(.catalog, environment: environment)
            }
            #expect(error?.description.contains("OTEL_EXPORTER_OTLP_ENDPOINT") == true)
        }
    }

    private func withFile<T>(_ bytes: Data, _ body: (String) throws -> T) throws -> T {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "secret-\(UInt64.random(in: 0 ... .max))"
        )
        defer { try? FileManager.default.removeItem(at: path) }
        try bytes.write(to: path)
        return try body(path.path)
    }

    @Test("what holds a secret is read from a file too, without its line break")
    func secretFiles() throws {
        let secrets = [
            "AUTH_SECRET": String(repeating: "k", count: 40), "REDIS_URL": "redis://:pw@127.0.0.1:6379/0",
            "MYSQL_URL": "mysql://u:pw@127.0.0.1:3306/t",
        ]
        for (variable, secret) in secrets {
            try withFile(Data((secret + "\n").utf8)) { path in
                var environment = Self.good
                environment[variable] = nil
                environment[variable + "_FILE"] = path
                let settings = try ServiceSettings.read(.catalog, environment: environment)
                switch variable {
                case "AUTH_SECRET": #expect(settings.authentication == .secret(Array(secret.utf8)))
                case "REDIS_URL": #expect(settings.redisURL == secret)
                default: #expect(settings.mysqlURL == secret)
                }
            }
        }
    }

    @Test("a file that gives no secret is named, with why, and without what it holds")
    func badSecretFiles() throws {
        let problems: [(Data, String)] = [
            (Data(), "is empty"), (Data(" \n".utf8), "is empty"), (Data([0xFF, 0xFE, 0x41]), "UTF-8"),
            (Data(repeating: UInt8(ascii: "z"), count: 70_000), "65536 bytes"),
        ]
        for (bytes, reason) in problems {
            try withFile(bytes) { path in
                let text = refusal(path)
                #expect(text.contains("MYSQL_URL_FILE names \(path)"))
                #expect(text.contains(reason), "\(text)")
                #expect(!text.contains("zzz"))
            }
        }
        #expect(refusal("/nowhere/secret").contains("/nowhere/secret, which does not exist"))
        #expect(refusal("/tmp").contains("/tmp, which is a directory"))
    }

    private func refusal(_ path: String) -> String {
        var environment = Self.good
        environment["MYSQL_URL"] = nil
        environment["MYSQL_URL_FILE"] = path
        let error = #expect(throws: SettingsError.self) {
            try ServiceSettings.read(.catalog, environment: environment)
        }
        return error?.description ?? ""
    }
}
