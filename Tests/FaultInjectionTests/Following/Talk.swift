import Foundation
import Testing

@testable import FaultInjection

/// A conversation without sockets: what is fed to it, and what it lets through.
final class Talk {
    let proxy: RelayProxy
    let conversation: Conversation
    private(set) var up: [UInt8] = []
    private(set) var down: [UInt8] = []
    /// Of the parcels that were given a shape.
    private(set) var pieces: [Piece] = []
    private var random: SplitMix64?

    /// Without `splitSeed` everything is fed as it comes; otherwise it is split at random.
    init(_ spoken: ProxiedProtocol, splitSeed: UInt64? = nil) throws {
        let listen = try #require(SocketAddress(host: "127.0.0.1", port: 1))
        let upstream = try #require(Endpoint("127.0.0.1:2"))
        proxy = RelayProxy(name: "p", listen: listen, upstream: upstream, spoken: spoken)
        conversation = try #require(proxy.makeConversation(number: 1))
        random = splitSeed.map { SplitMix64(seed: $0) }
    }

    /// Makes a rule of its JSON, without `leaseSeconds`.
    @discardableResult
    func rule(_ json: String) throws -> RuleRecord {
        let input = try RuleInput(.parse(.init("{\(json), \"leaseSeconds\": 10}".utf8)))
        try input.check("p", speaks: proxy.spoken)
        let seed = input.definition.seed ?? 1
        let record = RuleRecord(id: 1, proxy: "p", definition: input.definition, seed: seed, leaseEnd: 0)
        proxy.rules.append(record)
        return record
    }

    func say(_ text: String) { feed(.upstream, Array(text.utf8)) }
    func answer(_ text: String) { feed(.downstream, Array(text.utf8)) }

    func feed(_ stream: FaultInjection.Stream, _ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count {
            let size = random == nil ? bytes.count : 1 + Int(truncatingIfNeeded: random?.next() ?? 0) & 7
            let chunk = Array(bytes[index..<min(index + size, bytes.count)])
            index += chunk.count
            feed(stream, chunk: chunk)
        }
    }

    /// Both streams end.
    func end() {
        for stream in FaultInjection.Stream.allCases {
            conversation.end(stream)
        }
        takeParcels([])
    }

    var upText: String { String(decoding: up, as: UTF8.self) }
    var downText: String { String(decoding: down, as: UTF8.self) }

    private func feed(_ stream: FaultInjection.Stream, chunk: [UInt8]) {
        let passes = chunk.withUnsafeBytes { conversation.feed(stream, $0) }
        if passes {
            pass(stream, chunk)
        }
        takeParcels(chunk)
    }

    private func takeParcels(_ chunk: [UInt8]) {
        for parcel in conversation.takeParcels() {
            pieces += parcel.pieces ?? []
            switch parcel.content {
            case .chunk(let range): pass(parcel.stream, Array(chunk[range]))
            case .own(let bytes): pass(parcel.stream, bytes)
            }
        }
    }

    private func pass(_ stream: FaultInjection.Stream, _ bytes: [UInt8]) {
        if stream == .upstream {
            up += bytes
        } else {
            down += bytes
        }
    }
}
