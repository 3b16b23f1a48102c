import Foundation

/// A real redis-server on a free port, in a private folder.
///
/// It ends with this process, whatever becomes of it.
enum TestRedis {
    static func with<T>(_ body: (_ address: String) async throws -> T) async throws -> T {
        let port = try freePort()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let options = "--port \(port) --bind 127.0.0.1 --save '' --appendonly no --logfile /dev/null"
        // The shell waits for the end of its standard input, which comes with the end of the test, and takes Redis with it.
        process.arguments = ["-c", "redis-server \(options) & server=$!; cat > /dev/null; kill -9 $server; wait"]
        let life = Pipe()
        process.standardInput = life
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let address = "127.0.0.1:\(port)"
        let result: Result<T, any Error>
        do {
            let isUp = try await eventually {
                (try? await onThread {
                    let client = try TCPSocket(to: address)
                    try client.write(Array("PING\r\n".utf8))
                    return try client.read(exactly: 7)
                }) == Array("+PONG\r\n".utf8)
            }
            guard isUp else { throw TCPSocket.Failure(description: "redis-server did not answer on \(address)") }
            result = .success(try await body(address))
        } catch {
            result = .failure(error)
        }
        try life.fileHandleForWriting.close()
        process.waitUntilExit()
        return try result.get()
    }

    private static func freePort() throws -> Int {
        let server = try TestServer { _ in }
        return Int(server.address.split(separator: ":").last ?? "") ?? 0
    }
}
