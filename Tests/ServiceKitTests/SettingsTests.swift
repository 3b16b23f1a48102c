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

    @Test("a secret file is read without its line break")
    func secretFile() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "secret-\(UInt64.random(in: 0 ... .max))"
        )
        defer { try? FileManager.default.removeItem(at: path) }
        try Data((String(repeating: "k", count: 40) + "\n").utf8).write(to: path)
        var environment = Self.good
        environment["AUTH_SECRET"] = nil
        environment["AUTH_SECRET_FILE"] = path.path
        let settings = try ServiceSettings.read(.catalog, environment: environment)
        #expect(settings.authentication == .secret(Array(repeating: UInt8(ascii: "k"), count: 40)))
    }
}
