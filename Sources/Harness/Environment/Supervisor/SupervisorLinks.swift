import CLinux
import Foundation
import Glibc

/// Who a supervisor listens to: its owner, over standard input and output, and whoever connects to its socket.
struct SupervisorLinks {
    private struct Link {
        let read: Int32
        let write: Int32
        var input: [UInt8] = []
    }

    private let listener: Int32
    private var links = [ReplyAddress.owner: Link(read: 0, write: 1)]
    private var next = ReplyAddress.owner + 1

    /// The longest line that may be sent, in bytes.
    private static let maximumLine = 4 << 20
    /// The most connections at a time.
    private static let maximumLinks = 32

    init(listener: Int32) { self.listener = listener }

    /// What to wait for with `poll`.
    var polled: [pollfd] {
        ([listener] + links.values.map(\.read)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }

    /// Reads what is there.
    ///
    /// - Parameter polled: ``polled``, with what `poll` found.
    /// - Returns: the requests, with the number of the link, and the links that have ended.
    mutating func read(
        _ polled: ArraySlice<pollfd>
    ) -> (requests: [(Int, SupervisorRequest)], ended: [Int]) {
        let ready = Set(polled.filter { $0.revents != 0 }.map(\.fd))
        var requests: [(Int, SupervisorRequest)] = []
        var ended: [Int] = []
        for (number, link) in links.sorted(by: { $0.key < $1.key }) where ready.contains(link.read) {
            var link = link
            let isOpen = Self.fill(&link.input, from: link.read)
            requests += Self.lines(of: &link.input).map { (number, $0) }
            if isOpen, link.input.count <= Self.maximumLine {
                links[number] = link
            } else {
                ended.append(number)
                links[number] = nil
                if number != ReplyAddress.owner { close(link.read) }
            }
        }
        if ready.contains(listener) { accept() }
        return (requests, ended)
    }

    /// Sends one line; a link that is gone, or does not read, hears nothing.
    func send(_ message: SupervisorMessage, to number: Int = ReplyAddress.owner) {
        guard let link = links[number], var line = try? JSONEncoder().encode(message) else { return }
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = write(link.write, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                // The end of its input follows.
                if count < 0, errno != EINTR { return }
                sent += max(0, count)
            }
        }
    }

    private mutating func accept() {
        while true {
            let descriptor = ControlSocket.accept(listener)
            guard descriptor >= 0 else { return }
            guard links.count < Self.maximumLinks else {
                close(descriptor)
                continue
            }
            links[next] = Link(read: descriptor, write: descriptor)
            next += 1
        }
    }

    /// False at the end of input.
    private static func fill(_ input: inout [UInt8], from descriptor: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return true }
        guard count > 0 else { return false }
        input.append(contentsOf: buffer[..<count])
        return true
    }

    private static func lines(of input: inout [UInt8]) -> [SupervisorRequest] {
        var requests: [SupervisorRequest] = []
        while let end = input.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Data(input[..<end])
            input.removeSubrange(...end)
            if let request = try? JSONDecoder().decode(SupervisorRequest.self, from: line) {
                requests.append(request)
            } else {
                let text = String(decoding: line.prefix(200), as: UTF8.self)
                FileHandle.standardError.write(Data("supervisor: ignored a line that is no command: \(text)\n".utf8))
            }
        }
        return requests
    }
}
