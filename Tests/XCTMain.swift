import Testing

// DEV-ONLY: an entry point of our own, so that builds without an index store need no XCTest discovery.
@main
struct Runner {
    static func main() async { await Testing.__swiftPMEntryPoint() as Never }
}
