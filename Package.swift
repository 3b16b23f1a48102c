// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// The load engine keeps its state in slabs and finals on one thread: dynamic exclusivity checks only cost there.
let hot: [SwiftSetting] =
    strict + [
        .unsafeFlags(["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release))
    ]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

func library(
    _ name: String,
    in folder: String,
    _ dependencies: [Target.Dependency],
    embedding resources: [Resource] = [],
    settings: [SwiftSetting] = strict
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/\(folder)\(name)",
        resources: resources,
        swiftSettings: settings
    )
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/\(name)Tests",
        resources: resources,
        swiftSettings: strict
    )
}

let system: [Target] = [
    .systemLibrary(
        name: "CCurl",
        path: "Sources/System/CCurl",
        pkgConfig: "libcurl",
        providers: [.apt(["libcurl4-openssl-dev"])]
    ),
    // hiredis.pc carries a flag that SwiftPM warns about on every build, so it is not asked.
    .systemLibrary(name: "CHiredis", path: "Sources/System/CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(
        name: "CMariaDB",
        path: "Sources/System/CMariaDB",
        pkgConfig: "libmariadb",
        providers: [.apt(["libmariadb-dev"])]
    ),
    .systemLibrary(
        name: "CRDKafka",
        path: "Sources/System/CRDKafka",
        pkgConfig: "rdkafka",
        providers: [.apt(["librdkafka-dev"])]
    ),
    .systemLibrary(name: "CLinux", path: "Sources/System/CLinux"),
]

let shared: [Target] = [
    library("RedisClient", in: "Clients/", ["CHiredis", "CLinux", logging, crypto]),
    library("MySQLClient", in: "Clients/", ["CMariaDB", logging, nioPosix]),
    library("KafkaClient", in: "Clients/", ["CRDKafka", logging]),
    library("Observability", in: "", [logging, metrics]),
]

let services: [Target] = [
    library("Contract", in: "Ticketing/", [], embedding: [.embedInCode("openapi.yaml")]),
    library(
        "ServiceKit",
        in: "Ticketing/",
        [
            "Contract", "Observability", "RedisClient", "MySQLClient", "KafkaClient",
            hummingbird, hummingbirdCore, httpClient, crypto, lifecycle, unixSignals, logging, metrics, nioCore,
            nioHTTP1, nioPosix, httpTypes,
        ],
        embedding: [.embedInCode("Migrations"), .embedInCode("Scripts")]
    ),
    library(
        "Catalog",
        in: "Ticketing/",
        [
            "Contract", "ServiceKit", "Observability", "RedisClient", "MySQLClient", hummingbird, lifecycle, logging,
            metrics, nioCore, httpTypes,
        ],
        embedding: [.embedInCode("Scripts")]
    ),
    library(
        "Reservation",
        in: "Ticketing/",
        [
            "Contract", "ServiceKit", "Observability", "RedisClient", "MySQLClient", "KafkaClient", hummingbird,
            logging, metrics, nioCore, httpTypes, lifecycle,
        ],
        embedding: [.embedInCode("Scripts")]
    ),
    library(
        "Order",
        in: "Ticketing/",
        [
            "Contract", "ServiceKit", "Observability", "MySQLClient", "KafkaClient", hummingbird, httpClient, crypto,
            logging, metrics, nioCore, httpTypes, lifecycle,
        ]
    ),
    library(
        "Payment",
        in: "Ticketing/",
        ["Contract", "ServiceKit", "Observability", "MySQLClient", hummingbird, logging, metrics, nioCore, httpTypes]
    ),
    library(
        "SeededBugs",
        in: "Ticketing/",
        [
            "Contract", "ServiceKit", "Reservation", "Order", "Observability", "RedisClient", "MySQLClient",
            "KafkaClient", logging, lifecycle,
        ]
    ),
    library(
        "TicketingCommands",
        in: "Ticketing/",
        [
            "Contract", "ServiceKit", "Observability", "Catalog", "Reservation", "Order", "Payment", "RedisClient",
            "MySQLClient", "KafkaClient", hummingbird, lifecycle, unixSignals, arguments, logging, metrics, nioCore,
            nioPosix, httpTypes,
        ]
    ),
    .executableTarget(
        name: "ticketing",
        dependencies: ["TicketingCommands", arguments],
        path: "Sources/Ticketing/ticketing",
        swiftSettings: strict
    ),
    .executableTarget(
        name: "ticketing-bugs",
        dependencies: ["TicketingCommands", "SeededBugs", "ServiceKit", "Order", arguments],
        path: "Sources/Ticketing/ticketing-bugs",
        swiftSettings: strict
    ),
]

let harness: [Target] = [
    library("Scenario", in: "Harness/", [yams]),
    library("Statistics", in: "Harness/", ["Scenario", histogram], settings: hot),
    library("LoadEngine", in: "Harness/", ["Scenario", "Statistics", "CCurl", "CLinux"], settings: hot),
    library(
        "FaultInjection",
        in: "Harness/",
        [
            "Scenario", "CLinux", "Contract", hummingbird, httpClient, lifecycle, logging, nioCore, httpTypes,
            .product(name: "NIOHTTP1", package: "swift-nio"),
        ]
    ),
    library(
        "Environment",
        in: "Harness/",
        ["Scenario", "Contract", "CLinux", httpClient, crypto, nioCore, nioHTTP1, nioPosix]
    ),
    library("Linearizability", in: "Harness/", []),
    library(
        "Verification",
        in: "Harness/",
        ["Linearizability", "Scenario", "Contract", "RedisClient", "MySQLClient", "KafkaClient", logging]
    ),
    library(
        "Reporting",
        in: "Harness/",
        ["Contract", "Scenario", "Statistics", "LoadEngine", "FaultInjection", "Verification"]
    ),
    .executableTarget(
        name: "seatstorm",
        dependencies: [
            "Contract", "Scenario", "Statistics", "LoadEngine", "FaultInjection", "Environment", "Verification",
            "Reporting", "Linearizability",
            arguments, logging,
        ],
        path: "Sources/Harness/seatstorm",
        swiftSettings: strict
    ),
    .executableTarget(
        name: "checker-bench",
        dependencies: ["Linearizability"],
        path: "Sources/Harness/checker-bench",
        swiftSettings: strict
    ),
]

let testTargets: [Target] = [
    tests("RedisClient", ["Environment"]),
    tests("MySQLClient", ["Environment"]),
    tests("KafkaClient", [logging]),
    tests("Observability", [logging, metrics]),
    .target(
        name: "TicketingTestKit",
        dependencies: [
            "Environment", "Contract", "ServiceKit", "RedisClient", "MySQLClient", hummingbird, httpClient, lifecycle,
            logging, nioCore, nioHTTP1, httpTypes, yams,
        ],
        path: "Tests/TicketingTestKit",
        swiftSettings: strict
    ),
    tests(
        "ServiceKit",
        [
            "TicketingTestKit", "Environment", "Contract", "Observability", "MySQLClient", "RedisClient", "KafkaClient",
            hummingbird, httpClient, crypto, httpTypes, lifecycle, logging, nioCore, nioHTTP1,
        ]
    ),
    tests(
        "Catalog",
        [
            "TicketingTestKit", "Environment", "ServiceKit", "Reservation", "Contract", "Observability", "MySQLClient",
            "RedisClient", httpClient, lifecycle, logging, nioCore, nioHTTP1,
        ]
    ),
    tests(
        "Reservation",
        [
            "TicketingTestKit", "Environment", "ServiceKit", "Contract", "Observability", "MySQLClient", "RedisClient",
            "KafkaClient", "SeededBugs", httpClient, lifecycle, logging, nioCore, nioHTTP1,
        ]
    ),
    tests(
        "Order",
        [
            "TicketingTestKit", "Environment", "ServiceKit", "Reservation", "Payment", "Contract", "MySQLClient",
            "RedisClient", "KafkaClient", hummingbird, httpClient, httpTypes, logging, nioCore, nioHTTP1,
        ]
    ),
    tests(
        "Payment",
        [
            "TicketingTestKit", "Environment", "ServiceKit", "Contract", "MySQLClient", httpClient, logging, nioCore,
        ]
    ),
    tests(
        "Contract",
        [
            "TicketingTestKit", "ServiceKit", "Catalog", "Reservation", "Order", "Payment", "MySQLClient",
            "RedisClient", "KafkaClient", "Observability", hummingbird, httpClient, logging, nioCore, nioHTTP1,
            nioPosix,
        ]
    ),
    tests("Scenario", []),
    tests("Statistics", ["Scenario"]),
    tests("LoadEngine", ["Environment", "Scenario", "Statistics", "CLinux"]),
    tests(
        "FaultInjection",
        ["Environment", "MySQLClient", "KafkaClient", logging],
        resources: [.copy("Resources/drive-toxics.py")]
    ),
    tests("Environment", ["Scenario", "Contract"]),
    tests("Linearizability", []),
    tests("Verification", ["Contract", "Linearizability", "Environment", "RedisClient", logging]),
    tests("Reporting", ["Verification"]),
    .testTarget(
        name: "TelemetryTests",
        dependencies: [
            "seatstorm", "ticketing", "TicketingTestKit", "Environment", "Contract", "Observability", httpClient,
            nioCore, nioHTTP1,
        ],
        path: "Tests/TelemetryTests",
        swiftSettings: strict
    ),
    .testTarget(
        name: "AcceptanceTests",
        dependencies: [
            "seatstorm", "ticketing", "ticketing-bugs", "Environment", "Contract", "Linearizability", "MySQLClient",
            "Verification", logging,
        ],
        path: "Tests/AcceptanceTests",
        exclude: ["Scenarios"],
        swiftSettings: strict
    ),
]

/// `SEATSTORM_TESTS=LoadEngine,Statistics` leaves out all other tests and what only they need; see `.ci/sanitize`.
let wanted = Context.environment["SEATSTORM_TESTS"]?.split(separator: ",").map { "\($0)Tests" }
let chosenTests = wanted.map { names in testTargets.filter { !$0.isTest || names.contains($0.name) } } ?? testTargets

let package = Package(
    name: "seatstorm",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "seatstorm", targets: ["seatstorm"]),
        .executable(name: "ticketing", targets: ["ticketing"]),
        // The services with known bugs, to prove that the harness finds them; never deployed.
        .executable(name: "ticketing-bugs", targets: ["ticketing-bugs"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: system + shared + services + harness + chosenTests
)
